"""What the tests of ETP share: worlds in a few words, and what is read of them."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.api.exam_world import V2, change
from tests.support import CONTRATS, LIVRET, Vendor, lecon, running

HUGO, MAUD, SIMULATOR, GENERIQUE = "A0850001230", "A0850004560", "S0850000010", "A0000000000"

BEFORE_THE_NIGHT = "2026-03-10T09:00:00+01:00"

NIGHT = "2026-03-25T00:00:00+01:00"

THREE_HOURS_ARE_ONE_ETP = {"etp.baseMensuelle": 1}
"""So that a few leçons make themselves seen: 3 h / 3 / 1 = 1.0."""

TOKENS_LAST = {"oauth.jetonSecondes": 7_000_000}

A_YEAR_LONG = {"bail.dureeJours": 365, "oauth.jetonSecondes": 365 * 86_400}
"""A token, and the bail that it opens."""

PLESSES: dict[str, Any] = {
    "ref": "plesses",
    "nom": "Auto-École des Plesses",
    "codeDepartement": "085",
    "bureaux": [
        {"ref": "sables", "nom": "Les Sables"},
        {"ref": "nantes", "nom": "Nantes", "codeDepartement": "044"},
    ],
    "employes": [{"ref": "lea", "nom": "Durant", "prenom": "Léane", "email": "lea@plesses.test"}],
    "formateurs": [
        {
            "ref": "hugo",
            "nom": "Petit",
            "prenom": "Hugo",
            "numeroAutorisation": HUGO,
            "bureauPrincipal": "sables",
        },
        {
            "ref": "maud",
            "nom": "Roy",
            "prenom": "Maud",
            "numeroAutorisation": MAUD,
            "bureauPrincipal": "sables",
        },
    ],
    "simulateurs": [{"numeroAutorisation": SIMULATOR, "bureau": "sables"}],
}


def given(
    debut: str,
    minutes: int = 60,
    eleve: str = "zoe",
    *,
    categorie: str = "B",
    formation: str = "TRADITIONNELLE",
    **said: Any,
) -> dict[str, Any]:
    """A leçon with Hugo, on the contrat of this élève, unless said otherwise."""
    return {
        "contrat": f"{eleve} {categorie} {formation}",
        "dateHeureDebut": f"{debut}:00",
        "dureeEnMinutes": minutes,
        "numeroAutorisation": HUGO,
        **said,
    }


def alone(debut: str, minutes: int = 90, eleve: str = "zoe", **said: Any) -> dict[str, Any]:
    """A leçon alone on the simulator."""
    said = {"type": "SIMULATEUR", "numeroAutorisation": SIMULATOR, **said}
    return given(debut, minutes, eleve, **said)


def together(count: int, debut: str, minutes: int, type_: str, **said: Any) -> list[dict[str, Any]]:
    """One leçon of several élèves, on motos unless said otherwise."""
    said = {"categorie": "A2", "type": type_, **said}
    return [given(debut, minutes, f"e{one}", **said) for one in range(1, count + 1)]


def named(row: str, lecons: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leçons with refs that tell which row of a table they belong to."""
    return [{"ref": f"{row} {one}", **lecon} for one, lecon in enumerate(lecons, 1)]


def held(resultat: str, debut: str, eleve: str = "zoe", **said: Any) -> dict[str, Any]:
    """An examen with its result, on a créneau of its own."""
    return {"debut": f"{debut}:00", "candidat": eleve, "resultat": {"statut": resultat}, **said}


def written(
    lecons: Sequence[dict[str, Any]] = (),
    examens: Sequence[dict[str, Any]] = (),
    *,
    now: str = BEFORE_THE_NIGHT,
    limits: dict[str, Any] | None = None,
    contrats: Sequence[dict[str, Any]] = (),
    ecole: dict[str, Any] | None = None,
    **more: Any,
) -> str:
    """A scenario; élèves and contrats are those that the leçons and the examens name.

    JSON is YAML too.
    """
    refs = sorted({lecon["contrat"] for lecon in lecons} - {contrat["ref"] for contrat in contrats})
    of_lecons = [
        {
            "ref": ref,
            "autoEcole": "plesses",
            "candidat": ref.split()[0],
            "categoriePermis": ref.split()[1],
            "typeFormation": ref.split()[2],
        }
        for ref in refs
    ]
    everyone = {one["candidat"] for one in [*of_lecons, *contrats, *examens]} - {None}
    scenario = {
        "title": "Une école, ses heures et une nuit",
        "seed": 7,
        "clock": {"now": now},
        "limits": {**TOKENS_LAST, **(limits or {})},
        "autoEcoles": [{**PLESSES, **(ecole or {})}],
        "candidats": [
            {
                "ref": eleve,
                "nom": f"Nom de {eleve}",
                "prenom": eleve.title(),
                "numeroDossier": f"0850{order:08}",
                "demandes": [{"categoriePermis": one} for one in ("B", "B1", "A1", "A2")],
            }
            for order, eleve in enumerate(sorted(everyone))
        ],
        "centres": [{"ref": "centre", "nom": "LES SABLES", "codeDepartement": "085"}],
        "creneaux": [
            {
                "ref": f"c{order}",
                "centre": "centre",
                "dateHeureDebut": examen["debut"],
                "groupePermis": examen.get("groupe", "B"),
                "typeEpreuvePratique": examen.get("epreuve", "CIRCULATION"),
            }
            for order, examen in enumerate(examens)
        ],
        "examens": [
            {
                "ref": examen.get("ref", f"x{order}"),
                "autoEcole": "plesses",
                "creneau": f"c{order}",
                "candidat": examen["candidat"],
                "resultat": examen["resultat"],
            }
            for order, examen in enumerate(examens)
        ],
        "contratsDeFormation": [*of_lecons, *contrats],
        "lecons": list(lecons),
        **more,
    }
    return json.dumps(scenario, ensure_ascii=False)


@contextmanager
def living(*lecons: dict[str, Any], **said: Any) -> Iterator[Vendor]:
    """Léane's école, where a few leçons make whole ETP."""
    limits = {**THREE_HOURS_ARE_ONE_ETP, **A_YEAR_LONG}
    with running(written(lecons, limits=limits, **said)) as application:
        yield Vendor(application).as_("lea")


def etp_read(vendor: Vendor, mois: str, groupe: str = "B") -> dict[str, Any]:
    """What the Livret says of a month of effect."""
    answer = vendor.get(f"{LIVRET}/etp?mois={mois}&groupe-permis={groupe}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def etp_of(vendor: Vendor, mois: str, groupe: str = "B") -> float:
    """The ETP of the école in a month of effect."""
    etp: float = etp_read(vendor, mois, groupe)["etp"]
    return etp


def by_number(body: dict[str, Any]) -> dict[str, float]:
    """The ETP of everyone, by authorisation number."""
    parts = [*body["formateurs"], *body["simulateurs"]]
    return {part["numeroAutorisation"]: part["etp"] for part in parts}


def explained(vendor: Vendor, mois: str, groupe: str = "B") -> dict[str, Any]:
    """The calculation for a month of effect, as the control plane explains it."""
    query = f"autoEcole=plesses&groupePermis={groupe}&mois={mois}"
    answer = vendor.get(f"/_mock/etp?{query}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def told(vendor: Vendor, mois: str, groupe: str = "B") -> dict[str, tuple[float, str | None]]:
    """The hours counted of each leçon and why not more, by its start, in the order told."""
    return {
        one["dateHeureDebut"][:16]: (one["heuresComptees"], one.get("motif"))
        for one in explained(vendor, mois, groupe)["lecons"]
    }


def rows_of(
    vendor: Vendor, body: dict[str, Any]
) -> dict[str, tuple[float, float, Counter[str | None]]]:
    """The real hours, those counted and the motifs of each row of a table."""
    rows = {id_: ref.split()[0] for ref, id_ in vendor.world.store.references.by_ref().items()}
    found: dict[str, tuple[float, float, Counter[str | None]]] = {}
    for one in body["lecons"]:
        row = rows[one["leconId"]]
        real, counted, motifs = found.get(row, (0.0, 0.0, Counter()))
        motifs[one.get("motif")] += 1
        real, counted = real + one["dureeEnMinutes"] / 60, counted + one["heuresComptees"]
        found[row] = round(real, 6), round(counted, 6), motifs
    return found


def gathered(body: dict[str, Any]) -> dict[str, float]:
    """What leçons and accompagnements bring to each number, where they bring anything."""
    heures: dict[str, float] = defaultdict(float)
    for one in body["lecons"]:
        heures[one["numeroAutorisation"]] += one["heuresComptees"]
    for one in body["accompagnements"]:
        heures[one["numeroAutorisation"]] += one["heures"]
    return {numero: round(total, 6) for numero, total in heures.items() if total}


def heures_of(body: dict[str, Any]) -> dict[str, float]:
    """The hours of each formateur and simulator that has any."""
    parts = [*body["formateurs"], *body["simulateurs"]]
    return {
        part["numeroAutorisation"]: round(part["heures"], 6) for part in parts if part["heures"]
    }


def seuil_in(vendor: Vendor, departement: str, mois: str, groupe: str = "B") -> dict[str, Any]:
    """What the exam API says of a département."""
    query = f"code-departement={departement}&groupe-permis={groupe}&mois={mois}"
    answer = vendor.get(f"{V2}/informations-seuil-departement?{query}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def declare(vendor: Vendor, contrat: str, debut: str, minutes: int = 180, **said: Any) -> str:
    """Declare a leçon of Hugo's through the API; its address."""
    body = lecon(dateHeureDebut=f"{debut}:00", dureeEnMinutes=minutes, **said)
    answer = vendor.post(f"{CONTRATS}/{vendor.id_of(contrat)}/lecons", json=body)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"]


def calculated(events: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """The calculations among what happened."""
    return [event for event in events if event["type"] == "ETP_CALCULE"]


def spread(
    count: int, month: str, hours: Sequence[int], minutes: int, **said: Any
) -> list[dict[str, Any]]:
    """Leçons from the first of a month on, at these hours of each day."""
    return [
        given(
            f"{month}-{1 + one // len(hours):02}T{hours[one % len(hours)]:02}:00", minutes, **said
        )
        for one in range(count)
    ]


LECONS_OF_B = [
    *named("manuelle", spread(120, "2025-12", (8, 9, 10, 11, 12), 60)),
    *named("automatique", spread(60, "2026-02", (8, 10, 12), 120, formation="BOITE_AUTOMATIQUE")),
    *named("aac", spread(30, "2025-12", (14,), 90, formation="AAC")),
    *named("prêtée", [given("2025-12-31T08:00", 60)]),
    *named(
        "cours",
        [
            one
            for day in range(1, 13)
            for one in together(8, f"2026-01-{day:02}T18:00", 120, "THEORIQUE", categorie="B")
        ],
    ),
    *named(
        "évaluation",
        [
            given(f"2026-01-{day}T18:00", 60, activite="EVALUATION_DE_DEPART")
            for day in (13, 14, 15)
        ],
    ),
    *named("double", [given("2025-12-01T08:30", 60, "max")]),
    *named("maud", spread(113, "2026-01", range(8, 18), 60, numeroAutorisation=MAUD)),
    *named("maud-fin", [given("2026-01-31T08:00", 45, numeroAutorisation=MAUD)]),
    *named(
        "simulateur",
        [
            alone(f"2026-01-{1 + eleve:02}T{8 + 2 * turn:02}:00", 90, f"s{eleve}")
            for eleve in range(10)
            for turn in range(4)
        ],
    ),
]

EXAMENS_OF_B = [
    held(resultat, f"2026-02-20T{8 + one // 2:02}:{one % 2 * 30:02}")
    for one, resultat in enumerate(
        ["EXAMEN_REUSSI"] * 12 + ["EXAMEN_ECHOUE"] * 5 + ["EXAMEN_ABSENT"] * 3 + ["EXAMEN_ANNULE"]
    )
]

LECONS_OF_A = [
    *named(
        "six",
        [
            one
            for day in range(1, 11)
            for one in together(6, f"2026-01-{day:02}T08:00", 120, "PLATEAU")
        ],
    ),
    *named("sept", together(7, "2026-01-11T08:00", 120, "PLATEAU")),
    *named(
        "trois",
        [
            one
            for day in range(1, 21)
            for one in together(3, f"2026-01-{day:02}T10:00", 120, "CIRCULATION")
        ],
    ),
    *named("quatre", together(4, "2026-01-21T10:00", 90, "CIRCULATION")),
    *named(
        "cours",
        [
            one
            for day in range(1, 5)
            for one in together(5, f"2026-01-{day:02}T18:00", 60, "THEORIQUE")
        ],
    ),
    *named("deux", together(2, "2026-01-22T08:00", 120, "PLATEAU")),
    *named(
        "troisième",
        [
            given(
                "2026-01-22T08:00",
                90,
                "e3",
                categorie="A2",
                type="PLATEAU",
                dateHeureReception="2026-01-22T12:00:00Z",
            )
        ],
    ),
]

EXAMENS_OF_A = [
    held(
        "EXAMEN_REUSSI",
        f"2026-02-20T{8 + one:02}:00",
        "e1",
        groupe="A",
        epreuve="PLATEAU" if one < 5 else "CIRCULATION",
    )
    for one in range(9)
]


def _open_contrat(vendor: Vendor) -> str:
    """A contrat of Zoé's, in a world that has none; its ref."""
    change(
        vendor,
        candidats=[
            {
                "ref": "zoe",
                "nom": "L'Hénaff",
                "prenom": "Zoé",
                "numeroDossier": "000123456789",
                "demandes": [{"categoriePermis": "B"}],
            }
        ],
        contratsDeFormation=[
            {"ref": "k", "autoEcole": "plesses", "candidat": "zoe", "categoriePermis": "B"}
        ],
    )
    return "k"
