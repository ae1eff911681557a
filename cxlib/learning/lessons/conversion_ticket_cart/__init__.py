"""Package data of the lesson conversion_ticket_cart, generated from notebooks/source/04_conversion_ticket_cart."""
