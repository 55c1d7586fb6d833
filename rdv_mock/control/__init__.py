"""The control plane: what can be done to a world, in JSON."""
