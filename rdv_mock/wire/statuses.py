"""HTTP statuses that mean something for a body."""

NEVER_WITH_BODY = frozenset({204, 205, 304})
"""Answers with one of these statuses have no content (RFC 9110, 15.3.5, 15.3.6 and 15.4.5)."""
