"""Metrics: definitions with their rival rules, and results with n, uncertainty and what was set aside."""
