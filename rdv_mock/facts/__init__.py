"""What is true: one frozen dataclass per noun, knowing nothing of HTTP or SQL."""
