"""Package data of the lesson data_you_can_trust, generated from notebooks/source/02_data_you_can_trust."""
