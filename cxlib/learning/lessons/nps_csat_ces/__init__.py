"""Package data of the lesson nps_csat_ces, generated from notebooks/source/07_nps_csat_ces."""
