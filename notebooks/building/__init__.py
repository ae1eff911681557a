"""How the generated parts of the course are made from their sources; `notebooks/build.py` calls it."""
