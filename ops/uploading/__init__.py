"""Files to a server of an archive, in parts, over lines that break (tus 1.0.0)."""
