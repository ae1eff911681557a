"""Package data of the lesson support_desk, generated from notebooks/source/09_support_desk."""
