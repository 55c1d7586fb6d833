"""The keys of limits, as mypy knows them."""

from tests.limit_keys import FILE, text


def test_the_keys_that_mypy_knows_are_those_of_the_file() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "make docs writes them again"
