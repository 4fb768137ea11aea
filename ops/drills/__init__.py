"""Long drills that are run by hand: they measure the tests, not the program."""
