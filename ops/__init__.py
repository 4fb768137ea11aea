"""Running the archive: command line, set-up, benchmarks."""
