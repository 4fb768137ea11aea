"""Where records lie: one append-only store per archive."""
