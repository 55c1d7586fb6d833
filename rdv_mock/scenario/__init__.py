"""From a scenario file to the state of a world, and back (docs/contract/scenarios.md)."""
