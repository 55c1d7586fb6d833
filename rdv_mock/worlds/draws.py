"""What the seed decides: drawn results, and which créneaux virtual écoles want."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from rdv_mock import paris
from rdv_mock.chance import seeded_random
from rdv_mock.facts.concurrence import Prise
from rdv_mock.facts.creneau import Creneau
from rdv_mock.facts.enumerations import GroupePermis, StatutDuResultat
from rdv_mock.rules.examen import points_drawn
from rdv_mock.worlds.events import Event, WorldState

_PASSED, _FAILED = StatutDuResultat.EXAMEN_REUSSI, StatutDuResultat.EXAMEN_ECHOUE


def next_drawn_resultat(state: WorldState) -> datetime | None:
    """When the next examen ends whose result is drawn; None where no result is."""
    if state.settings.resultats_automatiques is None:
        return None
    since = state.store.caught_up_until()
    ends = map(paris.to_instant, state.store.reservations.ends_without_resultat(since))
    return next((at for at in ends if at > since), None)


def draw_resultats(state: WorldState, at: datetime) -> Iterator[Event]:
    """Enter the results of the examens that end now; this yields no event.

    See docs/contract/scenarios.md#drawn.
    """
    part = state.settings.resultats_automatiques or 0.0
    for reservation in state.store.reservations.ending_on(paris.to_local(at)):
        examen = reservation.examen
        if examen.candidat_id is not None and examen.resultat is None:
            draw = seeded_random(state.settings.seed, f"resultat/{examen.id}")
            passed = draw.random() < part
            points = draw.choice(points_drawn(state.limits, passed=passed))
            entered = replace(
                examen,
                resultat=_PASSED if passed else _FAILED,
                points=points if reservation.creneau.groupe_permis is GroupePermis.B else None,
                date_heure_resultat=at,
            )
            state.store.examens.save(entered)
    yield from ()


def next_publication(state: WorldState) -> datetime | None:
    """When the next créneaux are published; None where no virtual école waits for them."""
    if state.settings.concurrence is None:
        return None
    return state.store.creneaux.next_publication(state.store.caught_up_until())


def draw_published(state: WorldState, at: datetime) -> Iterator[Event]:
    """Let virtual écoles choose among the créneaux published now; this yields no event."""
    draw_prises(state, state.store.creneaux.published_at(at))
    yield from ()


def draw_prises(state: WorldState, creneaux: Iterable[Creneau]) -> None:
    """Let virtual écoles choose among créneaux at their publication (docs/rules/concurrence.md).

    The seed and the id of a créneau decide whether one of them takes it, which one, and when.
    """
    concurrence = state.settings.concurrence
    if concurrence is None:
        return
    for creneau in creneaux:
        draw = seeded_random(state.settings.seed, f"concurrence/{creneau.id}")
        if draw.random() < concurrence.part:
            delay = timedelta(seconds=draw.uniform(*concurrence.delai_secondes))
            numero = draw.randrange(concurrence.auto_ecoles) + 1
            at = creneau.date_heure_publication + delay
            prise = Prise(f"{creneau.id}/prise", creneau.id, numero, at, est_faite=False)
            state.store.prises.save(prise)
