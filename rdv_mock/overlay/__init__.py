"""What the real contract calls otherwise than we do, as someone who holds it writes it down."""
