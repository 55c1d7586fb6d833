"""The HTTP edge, byte by byte, against a server in a process of its own."""
