"""What a pointer or a reference names within a document."""

from typing import Any

import pytest

from rdv_mock.pointers import at, target_of

DOCUMENT = {"paths": {"/a/{id}": {"get": [{"~": 1}, None]}}, "50 %": {"": 2}, "$defs": {"Jour": 3}}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", DOCUMENT),
        ("/$defs/Jour", 3),
        ("/paths/~1a~1{id}/get/0/~0", 1),
        ("/50 %/", 2),
        ("/paths/~1a~1{id}/get/1", None),
        ("/paths/~1a~1{id}/get/2", None),
        ("/paths/~1a~1{id}/get/-1", None),
        ("/$defs/Jour/more", None),
        ("/$defs/Nuit", None),
        ("/$defs%2FJour", None),
    ],
)
def test_a_pointer_names_a_value_or_nothing(pointer: str, value: Any) -> None:
    assert at(DOCUMENT, pointer) == value


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("#", DOCUMENT),
        ("#/$defs/Jour", 3),
        ("#/%24defs/Jour", 3),
        ("#/50%20%25/", 2),
        ("#/paths/~1a~1%7Bid%7D/get/0/~0", 1),
        ("#/paths/%2Fa%2F{id}/get/1", None),
        ("#/$defs/Nuit", None),
    ],
)
def test_a_reference_may_be_written_as_in_an_address(reference: str, value: Any) -> None:
    assert target_of(DOCUMENT, reference) == value
