"""The pages, for people on this machine: they change nothing; putting in evidence goes through the API."""
