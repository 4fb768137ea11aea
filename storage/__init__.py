"""Where bytes live: events, evidence, keys, withheld facts."""
