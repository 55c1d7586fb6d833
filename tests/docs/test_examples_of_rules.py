"""The examples of `docs/rules`, calculated: each test is named after its page."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from rdv_mock import paris
from rdv_mock.errors import Refusal
from rdv_mock.facts.candidat import fold
from rdv_mock.facts.capacite import Capacite
from rdv_mock.facts.creneau import Creneau, Reservation
from rdv_mock.facts.enumerations import (
    GroupeDuLivret,
    GroupePermis,
    MotifDePenalite,
    StatutDuResultat,
    TypeLecon,
)
from rdv_mock.facts.etp import ExamenLu, LeconLue
from rdv_mock.rules.bail import bail_end
from rdv_mock.rules.bareme import bareme_of
from rdv_mock.rules.creneau import affectation_due_at
from rdv_mock.rules.etp import calculate, etp_of_units, holding
from rdv_mock.rules.examen import is_modifiable, resultat_visible_at
from rdv_mock.rules.lecon import check_duree, check_numero_autorisation
from rdv_mock.rules.nuit_du_calcul import nuit_du_calcul, nuits_for, periode_of
from rdv_mock.rules.penalite import duree_of, is_cancelled_late
from rdv_mock.rules.rate_limit import window_at
from rdv_mock.rules.seuil import check_capacite, plafond_of, seuil_of
from tests.docs.pages import DOCS
from tests.rules.facts import CAPACITE, CRENEAU, creneau_of, reservation_of
from tests.rules.night import (
    ECOLE,
    HUGO,
    LIMITS,
    MAUD,
    PERIODE,
    alone,
    hours_of,
    lecon,
    minutes_of,
    motifs_of,
    together,
    verdicts_on,
)
from tests.support import instant

B, A = GroupeDuLivret.B, GroupeDuLivret.A


def page(name: str) -> str:
    """The text of a page of the rules."""
    return (DOCS / "rules" / f"{name}.md").read_text(encoding="utf-8")


def refusal_of(check: object, *arguments: object, **named: object) -> str | None:
    """With which code something is refused; None where it is not."""
    assert callable(check)
    try:
        check(*arguments, **named)
    except Refusal as refusal:
        return refusal.error.code
    return None


def test_identifiants() -> None:
    written = ["L'Hénaff-Œuvray", "LHENAFF OEUVRAY", "l’henaff œuvray"]
    numbers = ["A0850001230", "A9999999999", "a0850001230", "A085000123", "A085-0001230"]

    assert len({fold(name) for name in written}) == 1
    assert fold("HENAFF") not in {fold(name) for name in written}
    assert [refusal_of(check_numero_autorisation, one, LIMITS) for one in numbers] == [
        *[None] * 2,
        *["NUMERO_AUTORISATION_INVALIDE"] * 3,
    ]
    assert all(f"`{one}`" in page("identifiants") for one in (*written, *numbers))


@pytest.mark.parametrize(
    ("minutes", "code"), [(29, "DUREE_INVALIDE"), (30, None), (240, None), (241, "DUREE_INVALIDE")]
)
def test_lecon_duration(minutes: int, code: str | None) -> None:
    assert refusal_of(check_duree, TypeLecon.CIRCULATION, minutes, LIMITS) == code


@pytest.mark.parametrize(
    ("reception", "locked"),
    [("2026-01-15T12:00+01:00", "02-25"), ("2026-03-01T12:00+01:00", "03-25")],
)
def test_lecon_lock(reception: str, locked: str) -> None:
    nights = nuits_for(datetime(2026, 1, 15, 10), LIMITS)
    first = next(night for night in nights if instant(reception) <= night)

    assert first == instant(f"2026-{locked}T00:00+01:00")


@pytest.mark.parametrize(
    ("lecons", "hours"),
    [
        ([lecon(minutes=90, formation="AAC")], "1.80"),
        ([lecon(minutes=60)], "1.00"),
        ([lecon(minutes=120, formation="BOITE_AUTOMATIQUE")], "2.80"),
        (together(3, "2026-01-12T08:00", 120, "CIRCULATION"), "6.00"),
        ([lecon(f"2026-01-12T0{n}:00", 20, formation="AAC") for n in (7, 8, 9)], "1.20"),
    ],
)
def test_bareme(lecons: Sequence[LeconLue], hours: str) -> None:
    shorter = LIMITS.overridden({"lecon.duree.CIRCULATION.min": 20})
    found = calculate(lecons, [], ECOLE, PERIODE, shorter)

    assert f"{hours_of(found.verdicts):.2f}" == hours
    assert hours in page("bareme")


def test_heures_theory() -> None:
    before = [lecon(f"2026-01-0{day}T08:00", 240, type_lecon="THEORIQUE") for day in range(1, 7)]
    course = together(8, "2026-01-20T08:00", 120, "THEORIQUE", categorie="B")
    found = verdicts_on(*before, *course)

    assert hours_of(found[:6]) == 24
    assert hours_of(found[6:]) == 1
    assert motifs_of(found)[6] == "PLAFOND_THEORIE"


def test_heures_overlap() -> None:
    two = together(2, "2026-01-12T08:00", 120, "PLATEAU")
    third = together(3, "2026-01-12T08:00", 90, "PLATEAU")[2]._replace(rang=9)

    assert motifs_of(verdicts_on(*two, third)) == [None, None, "CHEVAUCHEMENT"]


def test_heures_moto_group() -> None:
    assert hours_of(verdicts_on(*together(7, "2026-01-12T08:00", 120, "PLATEAU"))) == 12


@pytest.mark.parametrize(("formation", "hours"), [("TRADITIONNELLE", 5), ("BOITE_AUTOMATIQUE", 7)])
def test_heures_simulator(formation: str, hours: int) -> None:
    found = verdicts_on(
        *(alone(f"2026-01-1{day}T08:00", 90, formation=formation) for day in range(4))
    )

    assert minutes_of(found) == [90, 90, 90, 30]
    assert hours_of(found) == hours


def test_nuit_du_calcul() -> None:
    nights = [nuit_du_calcul(f"2026-{month:02}", LIMITS) for month in range(1, 13)]
    moved = [paris.day_of(night) for night in nights if paris.day_of(night).day != 25]
    periode = periode_of("2026-03", LIMITS)

    assert moved == [date(2026, 5, 24), date(2026, 12, 24)]
    assert (periode.debut, periode.fin) == (datetime(2025, 12, 1), datetime(2026, 3, 1))


@pytest.mark.parametrize(("minutes", "etp"), [(6825, "0.3"), (6824, "0.2")])
def test_etp_formula(minutes: int, etp: str) -> None:
    bareme = bareme_of(LIMITS)
    units = minutes * bareme.by_formation[lecon().contrat.type_formation].weight

    assert str(etp_of_units(units, bareme, LIMITS)) == etp


def test_etp_in_force() -> None:
    given, found = {"2026-03": Decimal("2.0")}, {"2026-05": Decimal("0.0")}
    months = ["2026-04", "2026-05", "2026-06"]

    assert [str(holding(mois, given, {}, LIMITS)) for mois in months] == ["2.0"] * 3
    assert [str(holding(mois, given, found, LIMITS)) for mois in months] == ["2.0", "0.0", "0.0"]


def on_days(
    mois: str, count: int, minutes: int, hours: Sequence[int], **changes: object
) -> list[LeconLue]:
    """Leçons one after the other, from the first of a month on."""
    starts = (f"{mois}-{day:02}T{hour:02}:00" for day in range(1, 29) for hour in hours)
    return [
        lecon(start, minutes, **changes) for _, start in zip(range(count), starts, strict=False)
    ]


def examens(count: int, result: StatutDuResultat, groupe: GroupeDuLivret) -> list[ExamenLu]:
    """Examens at the end of February, for the élève of all leçons."""
    return [
        ExamenLu(f"{result} {n}", "zoe", groupe, datetime(2026, 2, 28, 18, n), result)
        for n in range(count)
    ]


def test_etp_example_b() -> None:
    courses = [
        one
        for day in range(1, 13)
        for one in together(8, f"2026-01-{day:02}T14:00", 120, "THEORIQUE", categorie="B")
    ]
    evaluations = on_days("2026-01", 3, 60, [17], activite="EVALUATION_DE_DEPART")
    overlapping = lecon("2025-12-01T08:30", 60, rang=99)
    found = calculate(
        [
            *on_days("2025-12", 120, 60, range(8, 13)),
            *on_days("2026-02", 60, 120, (8, 10, 12), formation="BOITE_AUTOMATIQUE"),
            *on_days("2026-01", 30, 90, (8, 10), formation="AAC"),
            lecon("2026-01-20T18:00", 60),
            *courses,
            *evaluations,
            overlapping,
            *on_days("2026-01", 113, 60, range(8, 14), numero=MAUD),
            lecon("2026-02-20T08:00", 45, numero=MAUD),
            *(
                alone(f"2026-0{1 + n % 2}-{1 + 4 * (n // 2) + turn:02}T08:00", 90, eleve=f"s{n}")
                for n in range(10)
                for turn in range(4)
            ),
        ],
        [
            *examens(12, StatutDuResultat.EXAMEN_REUSSI, B),
            *examens(5, StatutDuResultat.EXAMEN_ECHOUE, B),
            *examens(3, StatutDuResultat.EXAMEN_ABSENT, B),
            *examens(1, StatutDuResultat.EXAMEN_ANNULE, B),
        ],
        ECOLE,
        PERIODE,
        LIMITS,
    )
    parts = {
        part.credited.numero_autorisation: (part.heures, str(part.etp))
        for part in found.groupes[B].parts
        if part.heures
    }

    assert parts[HUGO] == (Decimal(388), "0.9")
    assert parts[MAUD] == (Decimal("113.75"), "0.3")
    assert [etp for heures, etp in parts.values() if heures == 50] == ["0.1"]
    assert str(found.groupes[B].etp) == "1.3"
    assert "0.9 + 0.3 + 0.1 = **1.3**" in page("etp")


def test_etp_example_a() -> None:
    def groups(count: int, size: int, minutes: int, kind: str, hour: int) -> list[LeconLue]:
        return [
            one
            for day in range(1, count + 1)
            for one in together(size, f"2026-01-{day:02}T{hour:02}:00", minutes, kind)
        ]

    third = together(3, "2026-02-20T08:00", 90, "PLATEAU")[2]._replace(rang=9)
    lecons = [
        *groups(10, 6, 120, "PLATEAU", 8),
        *together(7, "2026-02-10T08:00", 120, "PLATEAU"),
        *groups(20, 3, 120, "CIRCULATION", 10),
        *together(4, "2026-02-12T08:00", 90, "CIRCULATION"),
        *groups(4, 5, 60, "THEORIQUE", 14),
        *together(2, "2026-02-20T08:00", 120, "PLATEAU"),
        third,
    ]
    results = [
        replace(one, candidat_id="e1") for one in examens(9, StatutDuResultat.EXAMEN_REUSSI, A)
    ]
    found = calculate(lecons, results, ECOLE, PERIODE, LIMITS)
    (hugo,) = [part for part in found.groupes[A].parts if part.heures]

    assert (hugo.heures, str(hugo.etp)) == (Decimal("273.5"), "0.6")


NOON = instant("2026-04-01T12:00+02:00")
FRESH = replace(
    CRENEAU,
    date_heure_debut=datetime(2026, 4, 28, 8),
    date_heure_publication=instant("2026-03-20T15:00+01:00"),
)
OLD = replace(FRESH, date_heure_publication=instant("2026-03-01T12:00+01:00"))


@pytest.mark.parametrize(
    ("here", "everywhere", "taken", "seuil", "plafond"),
    [("2.0", "2.0", 9, 9, 13), ("0", "1.0", 0, 0, 6), ("0.0", "0.0", 0, 0, 0)],
)
def test_seuil(here: str, everywhere: str, taken: int, seuil: int, plafond: int) -> None:
    ecole = replace(
        CAPACITE,
        etp=Decimal(here),
        etp_total=Decimal(everywhere),
        coefficient=Decimal("4.5"),
        utilisees=taken,
    )

    def refused(creneau: Creneau, capacite: Capacite) -> str | None:
        return refusal_of(check_capacite, creneau, capacite, LIMITS, now=NOON)

    assert (seuil_of(ecole), plafond_of(ecole, LIMITS, now=NOON)) == (seuil, plafond)
    assert refused(FRESH, ecole) == "CRENEAU_NON_RESERVABLE_SEUIL_ATTEINT"
    for used in range(taken, plafond):
        assert refused(OLD, replace(ecole, utilisees=used)) is None
    full = replace(ecole, utilisees=plafond)
    assert refused(OLD, full) == "CRENEAU_NON_RESERVABLE_PLAFOND_ATTEINT"


@pytest.mark.parametrize(("day", "places"), [(1, 4), (8, 6), (15, 9)])
def test_plafond(day: int, places: int) -> None:
    found = re.search(r'plafond\.courbe: "(.+?)"', page("plafond"))
    assert found is not None
    limits = LIMITS.overridden({"plafond.courbe": found[1]})
    ecole = replace(CAPACITE, etp=Decimal("2.0"), coefficient=Decimal("4.5"))

    assert plafond_of(ecole, limits, now=instant(f"2026-04-{day:02}T00:00+02:00")) == places


def examen_on(day: str, **changes: Any) -> Reservation:
    """An examen of groupe B on a day."""
    return reservation_of(creneau_of(day), **changes)


def test_examen() -> None:
    tuesday, monday = examen_on("2026-04-14"), examen_on("2026-04-20")
    noon, later = (instant(f"2026-03-{at}:00+01:00") for at in ("10T12", "12T12"))
    failed = {"resultat": StatutDuResultat.EXAMEN_ECHOUE}
    entered = [examen_on("2026-03-10", date_heure_resultat=at, **failed) for at in (noon, later)]

    assert is_modifiable(tuesday, LIMITS, now=instant("2026-04-11T23:59:59+02:00"))
    assert not is_modifiable(tuesday, LIMITS, now=instant("2026-04-12T00:00+02:00"))
    assert affectation_due_at(monday.creneau, LIMITS) == instant("2026-04-10T00:00+02:00")
    assert [resultat_visible_at(one, LIMITS) for one in entered] == [
        instant("2026-03-11T08:00+01:00"),
        later,
    ]


def test_penalite() -> None:
    days = [
        duree_of(MotifDePenalite.ECHEC_EPREUVE_PRATIQUE, GroupePermis.B, 18, LIMITS),
        duree_of(MotifDePenalite.ABSENCE_EPREUVE_PRATIQUE, GroupePermis.B, None, LIMITS),
        duree_of(MotifDePenalite.ANNULATION_TARDIVE, GroupePermis.B, None, LIMITS),
    ]
    examens_of = (date(2026, 3, 10), date(2026, 3, 10), date(2026, 4, 14))
    ends = [day + timedelta(days=held) for day, held in zip(examens_of, days, strict=True)]
    cancelled = [
        examen_on("2026-04-14", date_heure_annulation=instant(f"2026-04-{day}T12:00+02:00"))
        for day in (10, 11)
    ]

    assert ends == [date(2026, 3, 30), date(2026, 4, 19), date(2026, 5, 14)]
    assert [is_cancelled_late(one, LIMITS) for one in cancelled] == [False, True]
    assert all(f"`dateDeFin` {end}" in page("penalite") for end in ends)


def test_rate_limit() -> None:
    now = instant("2026-03-10T09:00:20+01:00")

    assert window_at(now, LIMITS).seconds_left(now) == 40
    assert window_at(now, LIMITS).end == instant("2026-03-10T09:01:00+01:00")


def test_bail() -> None:
    assert bail_end(instant("2026-01-12T09:00+01:00"), LIMITS) == instant("2026-04-12T08:00:00Z")
