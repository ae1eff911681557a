"""Learning: outcomes, exercises and things to play with in a notebook."""
