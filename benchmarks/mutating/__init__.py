"""Files damaged on purpose: what is damaged, how, and whether the import of it ends well."""
