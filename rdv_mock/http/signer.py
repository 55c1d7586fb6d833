"""Signing tokens: one RSA key per process, or per data folder, made on first use."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rdv_mock.store.folder import BadFolder, write_private

if TYPE_CHECKING:
    from joserfc.jwk import KeyParameters, RSAKey

ALGORITHM = "RS256"
KEY_BITS = 2048


class Signer:
    """Signs JWT that any OAuth library can verify, and reads its own.

    The key is kept in the file `path`, if one is given.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    @cached_property
    def key(self) -> "RSAKey":
        """The key, named by its RFC 7638 thumbprint. Raises BadFolder when its file holds none."""
        from joserfc.errors import JoseError  # noqa: PLC0415 - not needed to be ready
        from joserfc.jwk import RSAKey  # noqa: PLC0415

        use: KeyParameters = {"use": "sig", "alg": ALGORITHM}
        if self._path is not None and self._path.exists():
            try:
                key = RSAKey.import_key(self._path.read_bytes(), use)
            except (JoseError, OSError, ValueError) as error:
                raise BadFolder(f"{self._path} is damaged: it holds no RSA key") from error
        else:
            key = RSAKey.generate_key(KEY_BITS, use)
            if self._path is not None:
                write_private(key.as_pem(private=True), self._path)
        key.ensure_kid()
        return key

    @property
    def is_ready(self) -> bool:
        """Whether the key is there. Making it takes long."""
        return "key" in vars(self)

    def get_ready(self) -> None:
        """Make the key, or read it from its file."""
        self.key  # noqa: B018 - a cached property

    def public_key(self) -> dict[str, Any]:
        """The key as a JWK, without its private part."""
        return dict(self.key.as_dict(private=False))

    def read(self, token: str) -> Mapping[str, Any]:
        """The claims of a JWT that this key has signed, even an expired one; else none."""
        from joserfc import jwt  # noqa: PLC0415 - not needed to be ready
        from joserfc.errors import JoseError  # noqa: PLC0415

        try:
            return jwt.decode(token, self.key, algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError):
            return {}

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A signed JWT with these claims."""
        from joserfc import jwt  # noqa: PLC0415 - not needed to be ready

        header = {"alg": ALGORITHM, "typ": "JWT", "kid": self.key.kid}
        return jwt.encode(header, dict(claims), self.key, algorithms=[ALGORITHM])
