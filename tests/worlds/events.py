"""A world in which one thing happens, and what an advance tells of it."""

from tests.api.exam_world import advance
from tests.support import Vendor, running

PLACE = """\
title: Ce qui arrive tout seul
seed: 7
clock: {now: START}
autoEcoles:
  - {ref: plesses, nom: a, codeDepartement: "085", employes: [
      {ref: lea, nom: Durant, prenom: Léane, email: lea@plesses.test}]}
candidats:
  - {ref: ines, nom: Moreau, numeroDossier: "01", demandes: [{categoriePermis: B}]}
centres: [{ref: sables, nom: SABLES, codeDepartement: "085", groupesPermis: [A, B, CE]}]
"""
"""An école, a candidat and a centre, at START: what happens there is each test's own."""

Told = list[tuple[str, str, str]]
"""When, of which kind, and to what: the ref of the first thing that has one."""


def starting(at: str, more: str = "") -> str:
    return PLACE.replace("START", at) + more


def told(vendor: Vendor, **how: str) -> Told:
    """What an advance says has happened."""
    refs = {id_: ref for ref, id_ in vendor.world.store.references.by_ref().items()}
    return [
        (event["at"], event["type"], next(refs[value] for value in event.values() if value in refs))
        for event in advance(vendor, **how)
    ]


def told_from(text: str, *, to: str) -> Told:
    """What happens in a world from its beginning to an instant, both told of and alike."""
    with running(text) as application:
        return told(Vendor(application), to=to)


def of_type(events: Told, type_: str) -> Told:
    return [event for event in events if event[1] == type_]


def bail_from(debut: str) -> str:
    return f"baux: [{{ref: b1, employe: lea, clientId: editeur-demo, debut: {debut}}}]"


def panier_until(fin: str) -> str:
    return f"paniers: [{{ref: p1, employe: lea, dateHeureExpiration: {fin}}}]"


def penalite_of(date_examen: str, days: int) -> str:
    penalite = f"{{groupePermis: B, dateExamen: {date_examen}, dureeEnJour: {days}}}"
    return (
        f"candidats: [{{ref: ines, nom: Moreau, numeroDossier: '01', penalites: [{penalite}]}}]\n"
    )


def examen_at(debut: str, fin: str = "", **more: str) -> str:
    """A reserved créneau of groupe B."""
    until = f", dateHeureFin: {fin}" if fin else ""
    extra = "".join(f", {key}: {value}" for key, value in more.items())
    return (
        f"creneaux: [{{ref: c1, centre: sables, dateHeureDebut: {debut}{until},"
        " dateHeurePublication: 2025-10-01T13:00:00Z}]\n"
        f"examens: [{{ref: e1, autoEcole: plesses, creneau: c1, candidat: ines{extra}}}]"
    )


def creneau_from(publication: str, debut: str = "2026-12-14T08:00:00", groupe: str = "B") -> str:
    return (
        f"creneaux: [{{ref: c1, centre: sables, groupePermis: {groupe},"
        f" dateHeureDebut: {debut}, dateHeurePublication: {publication}}}]"
    )


PASSED = "{statut: EXAMEN_REUSSI, points: 28}"
PASSED_LATE = "{statut: EXAMEN_REUSSI, points: 28, dateHeureEntree: 2026-04-16T10:00:00Z}"
ANNULLED = "{statut: EXAMEN_ANNULE, dateHeureEntree: 2026-04-10T09:30:00Z}"


def with_candidats(start: str, candidats: str) -> str:
    """The same place with other candidats."""
    lines = starting(start).splitlines(keepends=True)
    kept = [line for line in lines if "candidats:" not in line and "ines" not in line]
    return "".join(kept) + candidats
