"""Package data of the lesson service_blueprint, generated from notebooks/source/12_service_blueprint."""
