"""The archive's transparency log: which entry has which index, the log's files, and the one writer that signs."""
