from io import StringIO

import pytest

from rdv_mock import fixtures
from rdv_mock.errors import SOURCES
from rdv_mock.fixtures import JOURS_FERIES, default_limits, jours_feries, limit_sources
from tests import feries


def test_every_limit_says_how_sure_it_is() -> None:
    sources = limit_sources()

    assert list(sources) == list(default_limits().values)
    assert {source.certainty for source in sources.values()} <= set(SOURCES)


def test_limits_are_read_as_they_are_written() -> None:
    limits = default_limits()

    assert limits.integer("panier.capacite") == 36
    assert limits.values["etp.baseMensuelle"] == 151.666
    assert limits.decimal("etp.coefficient.AAC") * 10 == 12
    assert limits.text("publication.heure") == "15:00"
    assert limits.flag("contrat.unParCategorie")
    assert limit_sources()["lecon.futur"].choices == ("instant", "jour")
    jour = limit_sources()["etp.jourDuCalcul"]
    assert (jour.certainty, jour.remark, jour.least, jour.most) == ("official", "", 2, 28)
    capacite = limit_sources()["panier.capacite"]
    assert (capacite.least, capacite.most) == (0, 100_000)


def test_an_override_changes_one_limit_and_leaves_the_defaults_alone() -> None:
    changed = default_limits().overridden({"panier.capacite": 12})

    assert changed.integer("panier.capacite") == 12
    assert changed.integer("panier.ajoutMultipleMax") == 12
    assert default_limits().integer("panier.capacite") == 36
    assert default_limits().overridden({}) is default_limits()


@pytest.mark.parametrize("name", ["departements", "centres"])
def test_reference_data_names_each_thing_once(name: str) -> None:
    rows = fixtures.load(name)

    keys = [row["code" if name == "departements" else "nom"] for row in rows]
    assert len(keys) == len(set(keys))


def test_every_centre_lies_in_a_departement() -> None:
    codes = {row["code"] for row in fixtures.load("departements")}

    assert len(codes) == 101
    assert all(len(code) == 3 for code in codes)
    assert {centre["codeDepartement"] for centre in fixtures.load("centres")} == codes


def test_the_public_holidays_are_those_that_the_library_knows() -> None:
    written = StringIO()

    feries.write(written)

    assert JOURS_FERIES.read_text(encoding="utf-8") == written.getvalue(), "run `make docs`"
    assert jours_feries() == {day for day, _ in feries.feries()}
