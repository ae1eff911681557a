"""Tables: schema, datasets, reading, importing, storage, local time. The only room that knows engines."""
