"""Fixtures of the tests of worlds."""

from pathlib import Path

import pytest

from tests.support import SIGNER
from tests.worlds.machine import Machine


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine on which no server makes a key, which takes long: each has that of all tests."""
    key = SIGNER.key
    monkeypatch.setattr("joserfc.jwk.RSAKey.generate_key", lambda *_: key)
    return Machine(tmp_path)
