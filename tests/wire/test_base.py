from dataclasses import dataclass

import pytest
from pydantic import ValidationError

from rdv_mock.wire.base import Shape


@dataclass(frozen=True, slots=True)
class Lieu:
    """A fact."""

    nom: str
    code_postal: str
    est_ferme: bool


class LieuOnWire(Shape):
    """What is shown of it."""

    nom: str
    code_postal: str


class NomDuLieu(Shape):
    """One field of it."""

    nom: str


class LieuAvecDistance(LieuOnWire):
    """A field more than it has."""

    distance: int


GONESSE = Lieu("GONESSE B", "95500", est_ferme=True)


def test_a_shape_copies_the_fields_of_a_fact_that_have_its_names() -> None:
    assert LieuOnWire.of(GONESSE) == LieuOnWire(nom="GONESSE B", code_postal="95500")
    assert NomDuLieu.of(GONESSE) == NomDuLieu(nom="GONESSE B")


def test_what_is_given_beside_the_fact_is_not_read_of_it() -> None:
    shape = LieuAvecDistance.of(GONESSE, nom="Gonesse", distance=3)

    assert shape == LieuAvecDistance(nom="Gonesse", code_postal="95500", distance=3)
    assert NomDuLieu.of(None, nom="Gonesse") == NomDuLieu(nom="Gonesse")


def test_a_field_that_the_fact_lacks_is_a_fault_of_ours() -> None:
    with pytest.raises(AttributeError, match="distance"):
        LieuAvecDistance.of(GONESSE)


def test_a_field_that_the_shape_lacks_is_a_fault_of_ours() -> None:
    with pytest.raises(TypeError, match="LieuOnWire has no field distance"):
        LieuOnWire.of(GONESSE, distance=3)


def test_what_is_copied_is_checked_as_anything_else() -> None:
    with pytest.raises(ValidationError):
        LieuAvecDistance.of(GONESSE, distance="loin")
