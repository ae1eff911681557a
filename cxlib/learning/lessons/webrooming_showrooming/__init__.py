"""Package data of the lesson webrooming_showrooming, generated from notebooks/source/14_webrooming_showrooming."""
