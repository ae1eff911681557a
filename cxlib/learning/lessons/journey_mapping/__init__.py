"""Package data of the lesson journey_mapping, generated from notebooks/source/10_journey_mapping."""
