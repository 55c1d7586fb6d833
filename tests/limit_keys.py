"""The keys of `fixtures/limits.yaml` as types: `make docs` writes them (`rdv_mock/limit_keys.py`).

So a key that is misspelt, or read as what it is not, fails in mypy; a test holds the file true.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import rdv_mock
from rdv_mock.fixtures import default_limits

FILE = Path(rdv_mock.__file__).parent / "limit_keys.py"
KINDS: Mapping[str, type] = {"Integer": int, "Decimal": float, "Text": str, "Flag": bool}


def text() -> str:
    """The module."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield '"""The keys of `fixtures/limits.yaml`, by what they hold; written by `make docs`."""'
    yield ""
    yield "from typing import Literal"
    for kind in KINDS:
        yield ""
        yield f"{kind}Key = Literal["
        limits = default_limits().values.items()
        yield from (f'    "{key}",' for key, value in limits if type(value) is KINDS[kind])
        yield "]"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
