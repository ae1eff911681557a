"""Reports: one self-contained page a team can read, print and forward."""
