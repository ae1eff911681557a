"""Charts that say the finding in the title, show the interval, and describe themselves in words."""
