"""The verifier alone: what an oversight body installs, without the rest of the project."""
