"""The command `anjuan`: everything an office needs, from genesis to verification."""
