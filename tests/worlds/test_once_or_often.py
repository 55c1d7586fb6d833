import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rdv_mock import paris
from tests.api.exam_world import advance, state_of
from tests.support import Vendor, instant, running

MINUTES = 31 * 24 * 60
"""How long the property looks on: over a calculation night and a change of hour."""

ALL_AT_ONCE = instant("2026-03-20T08:00:00Z")


def after(minutes: int) -> str:
    return (ALL_AT_ONCE + timedelta(minutes=minutes)).isoformat()


def wall(minutes: int) -> str:
    """What the clock on the wall shows then."""
    return paris.to_local(ALL_AT_ONCE + timedelta(minutes=minutes)).isoformat()


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    """A world in which anything may fall due, and much of it at the same instant."""
    step = draw(st.sampled_from([1, 60, 720, 1440]))
    month_before = -30 * 24 * 60
    soon = st.integers(0, MINUTES // step).map(lambda count: count * step)
    some_time = st.integers(month_before // step, MINUTES // step).map(lambda count: count * step)
    creneaux: list[dict[str, Any]] = []

    def creneau(groupe: str, debut: int, publication: int) -> str:
        about = {"centre": "sables", "groupePermis": groupe, "dateHeureDebut": wall(debut)}
        ref = f"c{len(creneaux)}"
        creneaux.append({**about, "ref": ref, "dateHeurePublication": after(publication)})
        return ref

    for publication in draw(st.lists(some_time, max_size=6)):
        creneau(draw(st.sampled_from(["A", "B", "CE"])), MINUTES + 30 * 1440, publication)
    paniers = [
        {
            "employe": "lea",
            "dateHeureExpiration": after(fin),
            "elements": [{"creneau": creneau("B", MINUTES + 1440, month_before + early)}],
        }
        for fin, early in draw(st.lists(st.tuples(soon, soon), max_size=3))
    ]
    examens: list[dict[str, Any]] = []
    for debut in draw(st.lists(soon, max_size=4)):
        place = creneau("A", debut + 10 * 1440, month_before + debut)
        examens.append({"autoEcole": "plesses", "creneau": place})
    resultats = ["EXAMEN_REUSSI", "EXAMEN_ECHOUE", "EXAMEN_ABSENT", "EXAMEN_ANNULE"]
    for debut, entered in draw(st.lists(st.tuples(some_time, some_time), max_size=6)):
        examen: dict[str, Any] = {
            "autoEcole": "plesses",
            "creneau": creneau(draw(st.sampled_from(["A", "B"])), debut, month_before),
            "candidat": draw(st.sampled_from(["ines", "zoe"])),
        }
        kind = draw(st.sampled_from(["automatic", "annule", *resultats]))
        if kind == "annule":
            examen["dateHeureAnnulation"] = after(min(debut - 1440, 0))
        elif kind != "automatic":
            examen["resultat"] = {"statut": kind, "dateHeureEntree": after(entered)}
        examens.append(examen)
    penalites = [
        {"groupePermis": "B", "dateExamen": wall(debut)[:10], "dureeEnJour": days}
        for debut, days in draw(
            st.lists(
                st.tuples(some_time, st.integers(1, 40)),
                max_size=3,
                unique_by=lambda one: wall(one[0])[:10],
            )
        )
    ]
    lecons = [
        {
            "contrat": "k1",
            "dateHeureDebut": f"2026-02-{day:02}T{hour:02}:00:00",
            "dureeEnMinutes": 240,
            **(
                {"numeroAutorisation": "A0850001230"}
                if hour < 12
                else {"type": "SIMULATEUR", "numeroAutorisation": "S0850000010"}
            ),
        }
        for day, hour in draw(
            st.sets(st.tuples(st.integers(1, 28), st.sampled_from([8, 14])), max_size=40)
        )
    ]
    least = draw(st.integers(0, 3000))
    return {
        "title": "Tout à la fois",
        "seed": draw(st.integers(0, 99)),
        "clock": {"now": ALL_AT_ONCE.isoformat()},
        "limits": {
            "seuil.prioriteTerritorialeJours": draw(st.sampled_from([0, 10, 30])),
            "resultat.delaiJours": draw(st.sampled_from([1, 4])),
        },
        "resultatsAutomatiques": {"part": 0.5},
        "concurrence": {"part": 0.7, "delaiSecondes": [least, least + draw(st.integers(0, 9000))]},
        "autoEcoles": [
            {
                "ref": "plesses",
                "nom": "a",
                "codeDepartement": "085",
                "bureaux": [{"ref": "bureau", "nom": "a"}],
                "employes": [
                    {"ref": "lea", "nom": "a", "prenom": "b", "email": "lea@plesses.test"}
                ],
                "formateurs": [
                    {
                        "nom": "a",
                        "prenom": "b",
                        "numeroAutorisation": "A0850001230",
                        "bureauPrincipal": "bureau",
                    }
                ],
                "simulateurs": [{"numeroAutorisation": "S0850000010", "bureau": "bureau"}],
            },
            {"ref": "port", "nom": "b", "codeDepartement": "044"},
        ],
        "candidats": [
            {
                "ref": ref,
                "nom": "a",
                "numeroDossier": ref,
                "demandes": [{"categoriePermis": "B"}, {"categoriePermis": "A2"}],
                "penalites": penalites,
            }
            for ref in ("ines", "zoe")
        ],
        "centres": [
            {"ref": "sables", "nom": "a", "codeDepartement": "085", "groupesPermis": ["A", "B"]}
        ],
        "creneaux": creneaux,
        "paniers": paniers,
        "examens": examens,
        "contratsDeFormation": [
            {"ref": "k1", "autoEcole": "plesses", "candidat": "ines", "categoriePermis": "B"}
        ],
        "lecons": lecons,
        "baux": [{"employe": "lea", "clientId": "editeur-demo", "debut": "2026-01-01T08:00:00Z"}],
    }


def life_of(scenario: dict[str, Any], stops: Sequence[int]) -> tuple[list[dict[str, str]], str]:
    """All that happens until the last stop, and the world as it is then."""
    with running(json.dumps(scenario)) as application:
        vendor = Vendor(application)
        events = [event for stop in stops for event in advance(vendor, to=after(stop))]
        return events, state_of(vendor)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(scenario=worlds(), stops=st.sets(st.integers(0, MINUTES // 30), max_size=12))
def test_a_world_that_advances_once_or_often_has_lived_through_the_same(
    scenario: dict[str, Any], stops: set[int]
) -> None:
    events, state = life_of(scenario, [MINUTES])
    often, state_then = life_of(scenario, [*(stop * 30 for stop in sorted(stops)), MINUTES])

    assert often == events
    assert state_then == state
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)
    assert sum(event["type"] == "ETP_CALCULE" for event in events) == 4
