"""How a rulebook's TOML becomes a compiled rulebook: read, expanded, checked. `..loader` is the way in."""
