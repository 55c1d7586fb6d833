"""Explain how the ETP of a month were calculated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rdv_mock import paris
from rdv_mock.facts.auto_ecole import AutoEcole
from rdv_mock.facts.enumerations import GroupeDuLivret, GroupePermis
from rdv_mock.facts.etp import Accompagnement, EtpDuGroupe, EtpEnVigueur, Periode, Verdict
from rdv_mock.fixtures import Limits
from rdv_mock.http.aside import aside
from rdv_mock.http.life import alone_in
from rdv_mock.rules.nuit_du_calcul import mois_du_calcul, nuit_du_calcul, periode_of
from rdv_mock.steering.named import find_auto_ecole
from rdv_mock.worlds.names import Names
from rdv_mock.worlds.nuit import calculate_with, etp_en_vigueur
from rdv_mock.worlds.world import World


@dataclass(frozen=True, slots=True)
class EtpExplained:
    """The result of a night, or its preview as of `now`, and the ETP that hold in a month.

    `mois`: such as `2026-04`; `verdicts`, `accompagnements`: those of `groupe`; `names`: has looked
    up all objects that are named here, so it can be read without the world.
    """

    auto_ecole: AutoEcole
    groupe: GroupeDuLivret
    mois: str
    periode: Periode
    etp: EtpDuGroupe
    verdicts: Sequence[Verdict]
    accompagnements: Sequence[Accompagnement]
    holds: EtpEnVigueur
    limits: Limits
    now: datetime
    names: Names


async def explain(world: World, auto_ecole: str, groupe: GroupeDuLivret, mois: str) -> EtpExplained:
    """Run the calculation of a night again for one école; before the night, give a preview.

    `auto_ecole`: a ref or an id; `mois`: the month of effect, `2026-04`. Raises PARAMETRE_INVALIDE.
    """
    async with alone_in(world) as now:
        return await aside(_explain, world, auto_ecole, groupe, mois, now=now)


def _explain(
    world: World, name: str, groupe: GroupeDuLivret, mois: str, *, now: datetime
) -> EtpExplained:
    store, limits = world.store, world.limits
    auto_ecole = find_auto_ecole(name, store)
    month = mois_du_calcul(mois, limits)
    periode = periode_of(month, limits)
    lecons = store.lecons.read_by_night(
        auto_ecole.id,
        periode.debut,
        periode.fin,
        received_after=nuit_du_calcul(paris.add_months(month, -1), limits),
    )
    calcul = calculate_with(lecons, store, auto_ecole.id, periode, limits)
    explained = EtpExplained(
        auto_ecole,
        groupe,
        mois,
        periode,
        calcul.groupes[groupe],
        [one for one in calcul.verdicts if one.lecon.contrat.categorie_permis.groupe is groupe],
        [one for one in calcul.accompagnements if one.groupe_permis is groupe],
        etp_en_vigueur(store, auto_ecole, GroupePermis(groupe), mois, limits, now=now),
        limits,
        now,
        Names(store),
    )
    _read_names(explained)
    return explained


def _read_names(explained: EtpExplained) -> None:
    """Look up all objects that are named, while the caller is alone in the world."""
    names = explained.names
    names.read_refs([explained.auto_ecole.id])
    names.read_refs(one.lecon.id for one in explained.verdicts)
    names.read_refs(one.lecon.contrat.id for one in explained.verdicts)
    names.read("candidat", (one.lecon.contrat.candidat_id for one in explained.verdicts))
    names.read("bureau", (one.lecon.contrat.bureau_id for one in explained.verdicts))
    examens = [one.examen_id for one in explained.accompagnements]
    names.read("examen", examens)
    found = (names.fact("examen", id_) for id_ in examens)
    names.read("candidat", (examen.candidat_id for examen in found if examen))
    all_credited = [part.credited for part in explained.etp.parts]
    all_credited += [one.credited for one in explained.accompagnements if one.credited]
    names.read("formateur", (credited.formateur_id for credited in all_credited))
