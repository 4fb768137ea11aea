"""The bytes: canonical JSON, signed acts, receipts, records, withheld facts, packages, trust."""
