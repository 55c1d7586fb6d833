"""The one place where chance is drawn: ids that a seed repeats, secrets that nothing repeats."""

import secrets
from hashlib import blake2b
from random import Random
from uuid import uuid4

_VARIANTS = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))
"""The digit that makes a UUID one of RFC 9562, for each that may have been drawn there."""


def seeded_id(seed: int, kind: str, what: str | int) -> str:
    """The UUID of the n-th (or the so named) object of a kind, the same for the same seed."""
    digits = blake2b(f"{seed}/{kind}/{what}".encode(), digest_size=16).hexdigest()
    variant = _VARIANTS[digits[16]]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def seeded_random(seed: int, purpose: str) -> Random:
    """A source of draws of its own for one purpose, so that purposes do not disturb each other."""
    return Random(f"{seed}/{purpose}")


def secret() -> str:
    """256 bits that nobody can guess, safe in a URL."""
    return secrets.token_urlsafe(32)


def secret_uuid() -> str:
    """122 bits that nobody can guess, as a UUID."""
    return str(uuid4())


def same_secret(given: str, expected: str) -> bool:
    """Compare two secrets in a time that does not tell how much of them agrees."""
    return secrets.compare_digest(given.encode(), expected.encode())
