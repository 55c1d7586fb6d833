"""The HTTP edge: what a connection may send and how long it may take, before any call is served."""
