import json
from functools import cache
from typing import Any

import pytest

from rdv_mock.serving.app import create_application
from rdv_mock.settings import Settings


@cache
def _document() -> str:
    application = create_application(Settings())
    application.load()
    text = application.openapi()
    application.close()
    return text


@pytest.fixture
def ours() -> dict[str, Any]:
    """Our document, as the demonstration makes it."""
    document: dict[str, Any] = json.loads(_document())
    return document


@pytest.fixture
def real() -> dict[str, Any]:
    """A copy of our document, to be changed into a real one."""
    document: dict[str, Any] = json.loads(_document())
    return document
