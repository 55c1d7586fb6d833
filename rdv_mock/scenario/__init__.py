"""From a scenario file to the state of a world, and back (design.md 6)."""
