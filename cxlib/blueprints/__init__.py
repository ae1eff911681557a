"""Service blueprints as data: a file that is checked by rules, held against the logs, and drawn."""
