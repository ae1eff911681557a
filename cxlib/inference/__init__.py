"""Intervals, comparisons, design effects, adjustment and suppression, on plain numbers and arrays."""
