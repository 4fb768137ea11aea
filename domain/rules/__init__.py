"""The law as data: rulebooks, cases, what may be entered, time limits."""
