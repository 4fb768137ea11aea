"""Where evidence files lie: a directory, or any S3 store with object lock. One contract: domain.evidence_port."""
