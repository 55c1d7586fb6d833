import json
from datetime import datetime

import pytest

from rdv_mock.facts.world import ErrorOverride, Responses, WorldSettings
from rdv_mock.fixtures import LimitValue
from rdv_mock.scenario.load import load_scenario
from rdv_mock.scenario.source import read_json
from tests.scenario.worlds import NOW, Load, details_of, problems_of
from tests.support import instant


def test_the_head_of_a_scenario_is_kept_as_it_is_said(load: Load) -> None:
    text = """\
title: Titre
description: NO
seed: 42
clock: {now: 2026-03-10T09:00:00.25+01:00, frozen: false}
limits: {panier.capacite: 12}
responses: {errorKeys: erreur, unknownFields: ignore}
errors: {AUTO_ECOLE_FERMEE: {status: 422}, LECON_INCONNUE: {message: Perdue}}
"""

    assert load(text).settings() == WorldSettings(
        scenario="test",
        title="Titre",
        description="NO",
        seed=42,
        clock_now=instant("2026-03-10T08:00:00.250000Z"),
        clock_frozen=False,
        limits={"panier.capacite": 12},
        responses=Responses(error_keys="erreur", unknown_fields="ignore"),
        errors={
            "AUTO_ECOLE_FERMEE": ErrorOverride(status=422),
            "LECON_INCONNUE": ErrorOverride(message="Perdue"),
        },
    )


COURBE = (
    "doit être une suite de jour:part du seuil, par jours croissants de 1 à 31, par exemple"
    " 1:0.5 8:0.75 15:1.0"
)


def test_a_title_is_enough(load: Load) -> None:
    assert load("title: Titre").settings() == WorldSettings("test", "Titre", "", 0, None, False)  # noqa: FBT003


@pytest.mark.parametrize(
    ("clock", "now", "frozen"),
    [
        ("{}", None, False),
        ("{frozen: true}", None, True),
        ("{now: 2026-03-10T09:00:00+01:00}", NOW, True),
        ("{now: 2026-03-10T08:00:00Z, frozen: false}", NOW, False),
        ("{now: 2026-03-10T08:00:00Z, frozen: true}", NOW, True),
    ],
)
def test_a_clock_that_is_given_its_hour_stands_still_unless_told_not_to(
    load: Load, clock: str, now: datetime | None, *, frozen: bool
) -> None:
    settings = load(f"title: x\nclock: {clock}").settings()

    assert (settings.clock_now, settings.clock_frozen) == (now, frozen)


@pytest.mark.parametrize(
    ("key", "written", "value"),
    [
        ("panier.capacite", "12", 12),
        ("panier.capacite", "0", 0),
        ("panier.capacite", "1e3", 1000),
        ("panier.capacite", "100000", 100_000),
        ("pagination.maximum", "1", 1),
        ("etp.jourDuCalcul", "28", 28),
        ("etp.baseMensuelle", "151.67", 151.67),
        ("etp.baseMensuelle", "152", 152.0),
        ("contrat.unParCategorie", "false", False),
        ("contrat.unParCategorie", "true", True),
        ("debit.actif", "true", "true"),
        ("debit.actif", "auto", "auto"),
        ("resultat.heure", "07:30", "07:30"),
        ("resultat.heure", "23:59", "23:59"),
        ("numeroAutorisation.motif", '"^[0-9]{3}$"', "^[0-9]{3}$"),
        ("numeroAutorisation.generique", "0000", "0000"),
        ("plafond.courbe", '"1:0.5 8:0.75 15:1.0"', "1:0.5 8:0.75 15:1.0"),
        ("plafond.courbe", "1:0.5", "1:0.5"),
        ("plafond.courbe", '""', ""),
        ("examen.permutationFenetre", "semaine", "semaine"),
        ("ce.seuil", "true", True),
    ],
)
def test_a_limit_has_the_type_of_its_default(
    load: Load, key: str, written: str, value: LimitValue
) -> None:
    limits = load(f"title: x\nlimits: {{{key}: {written}}}").settings().limits

    assert limits == {key: value}
    assert type(limits[key]) is type(value)


@pytest.mark.parametrize(
    ("key", "given", "value"),
    [
        ("contrat.unParCategorie", False, False),
        ("debit.actif", True, "true"),
        ("panier.capacite", 12, 12),
        ("etp.baseMensuelle", 1.5, 1.5),
    ],
)
def test_a_limit_may_be_typed_by_json(key: str, given: object, value: LimitValue) -> None:
    source = read_json(json.dumps({"title": "x", "limits": {key: given}}).encode())
    store = load_scenario(source, name="test", now=NOW)

    assert store.settings().limits == {key: value}
    store.close()


@pytest.mark.parametrize(
    ("key", "written", "message"),
    [
        ("panier.capacite", "beaucoup", "doit être un nombre"),
        ("panier.capacite", "true", "doit être un nombre"),
        ("panier.capacite", "1.5", "doit être un nombre entier"),
        ("panier.capacite", "-1", "doit être entre 0 et 100000"),
        ("panier.capacite", "100001", "doit être entre 0 et 100000"),
        ("panier.capacite", "inf", "doit être entre 0 et 100000"),
        ("panier.capacite", "nan", "doit être entre 0 et 100000"),
        ("panier.capacite", "snan", "doit être entre 0 et 100000"),
        ("pagination.maximum", "0", "doit être entre 1 et 10000"),
        ("etp.jourDuCalcul", "29", "doit être entre 2 et 28"),
        ("panier.capacite", "", "doit être un nombre, un mot ou une heure"),
        ("etp.baseMensuelle", "[1]", "doit être un nombre, un mot ou une heure"),
        ("numeroAutorisation.generique", "", "doit être un nombre, un mot ou une heure"),
        ("numeroAutorisation.generique", "{a: b}", "doit être un nombre, un mot ou une heure"),
        ("numeroAutorisation.motif", "'['", "n'est pas une expression régulière"),
        ("numeroAutorisation.motif", "'a{99999999999}'", "n'est pas une expression régulière"),
        (
            "numeroAutorisation.motif",
            f"'{'(' * 250}{')' * 250}'",
            "n'est pas une expression régulière",
        ),
        (
            "numeroAutorisation.motif",
            f"'{'(' * 5000}{')' * 5000}'",
            "doit compter au plus 500 caractères",
        ),
        (
            "numeroAutorisation.motif",
            "'(?=A)A'",
            "n'est pas une expression régulière : elle regarde autour d'elle ((?=…), (?!…), (?<=…)"
            " ou (?<!…)), ce qui peut durer sans fin",
        ),
        ("contrat.unParCategorie", "oui", "doit valoir true ou false"),
        ("lecon.futur", "demain", "doit valoir instant ou jour"),
        ("debit.actif", "non", "doit valoir auto ou true ou false"),
        ("resultat.heure", "24:00", "doit être une heure de la forme HH:MM"),
        ("etp.heureDuCalcul", "8h", "doit être une heure de la forme HH:MM"),
        ("plafond.courbe", "'8:1 1:0.5'", COURBE),
        ("plafond.courbe", "0.5", COURBE),
        ("examen.permutationFenetre", "mois", "doit valoir aucune ou semaine"),
        (
            "panier.capacité",
            "12",
            "n'est pas une limite connue ; vouliez-vous dire « panier.capacite » ?",
        ),
        ("xyzzy", "12", "n'est pas une limite connue"),
    ],
)
def test_a_bad_limit_is_refused(key: str, written: str, message: str) -> None:
    assert problems_of(f"title: x\nlimits:\n  {key}: {written}") == ((f"limits.{key}", message, 3),)


def test_limits_are_an_object() -> None:
    assert problems_of("title: x\nlimits: [1]") == (("limits", "doit être un objet", 2),)


def test_a_number_of_json_is_no_text_and_no_instant() -> None:
    text = b'{"title": 1, "clock": {"now": 1773133200}}'

    details = details_of(lambda: load_scenario(read_json(text), name="test", now=NOW))

    assert details == (
        ("title", "doit être une chaîne de caractères", None),
        ("clock.now", "doit être une date et une heure ISO 8601 avec fuseau", None),
    )
