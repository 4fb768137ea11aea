"""HTTP over the archive: JSON under v1, pages under web."""
