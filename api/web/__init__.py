"""The pages: read-only, for people on this machine."""
