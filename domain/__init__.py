"""What the law says and what counts as proof. Pure: no I/O, no framework, no clock of its own."""
