"""How much of a file is looked at, and how much may come out of it: every figure in one place."""

from __future__ import annotations

HEAD = 256 << 10  # octets that libmagic sees
TEXT = 64 << 20  # octets of a text, all of which is decoded
MEMBER = 64 << 20  # octets of a zip's member that is looked into as a whole; a larger one by its head only
DIRECTORY = 32 << 20  # octets of a zip's central directory
MEMBERS = 10_000  # of a zip, with those of the zips in it
UNPACKED = 4 << 30  # octets that come out of a zip, with those out of the zips in it
RATIO = 100  # times the file's own length may come out of it …
RATIO_FROM = 64 << 20  # … where more octets than these come out
DEPTH = 3  # zips in zips
PART = 1 << 20  # octets of a package's part that is read as XML

MEMORY = 1 << 30  # octets of address space of a process that inspects
CPU = 300  # its seconds at work
SECONDS = 900  # and until its answer
TEMPORARY = 128 << 20  # octets of a temporary file
