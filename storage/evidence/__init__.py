"""Where evidence files lie: a directory, or any store that speaks S3 with object lock. One contract: domain.ports."""
