"""Package data of the lesson pocket_statistics, generated from notebooks/source/06b_pocket_statistics."""
