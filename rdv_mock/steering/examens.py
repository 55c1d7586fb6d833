"""Enter what the inspector found at an examen."""

from dataclasses import replace

from rdv_mock.facts.enumerations import StatutDuResultat
from rdv_mock.http.life import live_until_now
from rdv_mock.rules.examen import check_entrer_resultat
from rdv_mock.steering.named import find_examen
from rdv_mock.worlds.world import World


async def enter_resultat(
    world: World, examen: str, statut: StatutDuResultat, points: int | None = None
) -> None:
    """Enter the result of an examen; an annulment frees the place at once.

    `examen`: a ref or an id. Raises EXAMEN_INCONNU and the refusals of `check_entrer_resultat`.
    """
    now = await live_until_now(world)
    reservation = find_examen(examen, world.store)

    check_entrer_resultat(reservation, statut, points, world.limits, now=now)

    is_annulled = statut is StatutDuResultat.EXAMEN_ANNULE
    with world.store.transaction():
        world.store.examens.save(
            replace(
                reservation.examen,
                resultat=statut,
                points=points,
                date_heure_resultat=now,
                date_heure_annulation=now if is_annulled else None,
            )
        )
