"""The demonstration: sample cases as readable scenario files, played through the archive like real ones."""
