"""Journeys: the order of events. Sessions, transitions, funnels, paths, and whose events they are."""
