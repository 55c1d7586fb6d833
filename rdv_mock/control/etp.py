"""Explain the ETP of a month leçon by leçon, in JSON."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Query

from rdv_mock.facts.enumerations import OrigineEtp
from rdv_mock.facts.etp import Accompagnement, PartEtp, Verdict
from rdv_mock.fixtures import Limits
from rdv_mock.http.answers import Written
from rdv_mock.http.aside import aside
from rdv_mock.http.call import Call
from rdv_mock.http.pieces import in_pieces, taken_out
from rdv_mock.http.routers import control_router
from rdv_mock.rules.explication import calcul_of, explication, origine_told
from rdv_mock.steering.etp import EtpExplained, explain
from rdv_mock.wire.calcul import (
    AccompagnementDuCalcul,
    CalculExplique,
    LeconDuCalcul,
    PartDuCalcul,
    PartDuFormateur,
    QueryCalcul,
)
from rdv_mock.worlds.names import Names

router = control_router("Plan de contrôle")


@router.get(
    "/etp",
    summary="Comprendre un calcul d'ETP, leçon par leçon",
    response_model=CalculExplique,
    description="Chaque leçon de l'auto-école et du groupe dans la période, ce qu'elle compte,"
    " et sinon pourquoi. Avant la nuit du calcul, un aperçu. `etp` est ce qui vaut ; `origine` dit"
    " si c'est ce que le scénario donne (`etpDonne`) ou ce qu'une nuit a trouvé (`etpCalcule`).",
)
async def explain_etp(query: Annotated[QueryCalcul, Query()], call: Call) -> Written:
    """Explain what a night found for one école; before the night, give a preview."""
    explained = await explain(call.world, query.auto_ecole, query.groupe_permis, query.mois)
    return await aside(_written, explained)


def _written(explained: EtpExplained) -> Written:
    told = calcul_explique(explained)
    shell = told.model_copy(update={"lecons": []})
    return in_pieces(shell, "lecons", taken_out(told.lecons))


def calcul_explique(explained: EtpExplained) -> CalculExplique:
    """The result of a night with its reasons, and the ETP that holds in its month.

    `fin` is the last day.
    """
    auto_ecole, periode, etp = explained.auto_ecole, explained.periode, explained.etp
    mois, holds, limits, names = explained.mois, explained.holds, explained.limits, explained.names
    is_given = holds.origine is OrigineEtp.SCENARIO and holds.mois == mois
    given = holds.total if is_given else None
    date_heure_calcul = periode.nuit if periode.nuit <= explained.now else None
    parts = [(part, part.credited) for part in etp.parts]
    formateurs = {
        credited.numero_autorisation: credited.formateur_id
        for _, credited in reversed(parts)
        if credited.formateur_id is not None
    }
    return CalculExplique(
        auto_ecole_id=auto_ecole.id,
        auto_ecole_ref=names.ref(auto_ecole.id),
        auto_ecole_nom=auto_ecole.nom,
        groupe_permis=explained.groupe,
        mois=mois,
        date_heure_calcul=date_heure_calcul,
        date_heure_calcul_paris=date_heure_calcul,
        debut=periode.debut.date(),
        fin=periode.fin.date() - timedelta(days=1),
        etp=float(holds.total),
        etp_donne=None if given is None else float(given),
        etp_calcule=float(etp.etp),
        origine=holds.origine,
        mois_d_origine=holds.mois,
        calcul=origine_told(etp, holds, mois, given=given),
        formateurs=[
            PartDuFormateur(
                id=credited.formateur_id,
                ref=names.ref(credited.formateur_id),
                nom=names.nom("formateur", credited.formateur_id),
                **_part_du_calcul(part, limits),
            )
            for part, credited in parts
            if credited.formateur_id is not None
        ],
        simulateurs=[
            PartDuCalcul(**_part_du_calcul(part, limits))
            for part, credited in parts
            if credited.formateur_id is None
        ],
        lecons=[_lecon_du_calcul(verdict, explained, formateurs) for verdict in explained.verdicts],
        accompagnements=[
            _accompagnement_du_calcul(one, names) for one in explained.accompagnements
        ],
    )


def _accompagnement_du_calcul(one: Accompagnement, names: Names) -> AccompagnementDuCalcul:
    examen = names.fact("examen", one.examen_id)
    candidat_id = examen.candidat_id if examen else None
    formateur_id = one.credited.formateur_id if one.credited else None
    return AccompagnementDuCalcul(
        examen_id=one.examen_id,
        examen_ref=names.ref(one.examen_id),
        candidat_id=candidat_id,
        candidat_ref=names.ref(candidat_id),
        candidat_nom=names.nom("candidat", candidat_id),
        numero_autorisation=one.credited.numero_autorisation if one.credited else None,
        formateur_id=formateur_id,
        formateur_ref=names.ref(formateur_id),
        formateur_nom=names.nom("formateur", formateur_id),
        heures=float(one.heures),
    )


def _part_du_calcul(part: PartEtp, limits: Limits) -> dict[str, Any]:
    return {
        "numero_autorisation": part.credited.numero_autorisation,
        "code_departement": part.credited.code_departement,
        "heures": float(part.heures),
        "etp": float(part.etp),
        "calcul": calcul_of(part, limits),
    }


def _lecon_du_calcul(
    verdict: Verdict, explained: EtpExplained, formateurs: Mapping[str, str]
) -> LeconDuCalcul:
    lecon, names = verdict.lecon, explained.names
    candidat_id, bureau_id = lecon.contrat.candidat_id, lecon.contrat.bureau_id
    formateur_id = formateurs.get(lecon.numero_autorisation)
    return LeconDuCalcul(
        lecon_id=lecon.id,
        lecon_ref=names.ref(lecon.id),
        contrat_id=lecon.contrat.id,
        contrat_ref=names.ref(lecon.contrat.id),
        candidat_id=candidat_id,
        candidat_ref=names.ref(candidat_id),
        candidat_nom=names.nom("candidat", candidat_id),
        bureau_id=bureau_id,
        bureau_ref=names.ref(bureau_id),
        bureau_nom=names.nom("bureau", bureau_id),
        numero_autorisation=lecon.numero_autorisation,
        formateur_id=formateur_id,
        formateur_ref=names.ref(formateur_id),
        formateur_nom=names.nom("formateur", formateur_id),
        date_heure_debut=lecon.date_heure_debut,
        duree_en_minutes=lecon.duree_en_minutes,
        coefficient=float(verdict.coefficient),
        heures_comptees=float(verdict.heures),
        motif=verdict.motif,
        explication=explication(verdict, explained.periode, explained.limits),
    )
