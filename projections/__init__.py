"""What people look at, folded from records; derived and disposable."""
