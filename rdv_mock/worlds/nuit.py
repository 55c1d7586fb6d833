"""A calculation night: what it reads of an école, what it records; the ETP of a month."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from rdv_mock import paris
from rdv_mock.facts.auto_ecole import AutoEcole
from rdv_mock.facts.enumerations import GroupeDuLivret, GroupePermis
from rdv_mock.facts.etp import (
    AutonomieEnregistree,
    Calcul,
    EtpCalcule,
    EtpEnVigueur,
    ExamenLu,
    LeconLue,
    PartCalculee,
    Periode,
)
from rdv_mock.fixtures import Limits
from rdv_mock.rules.etp import calculate, declared_etp, has_lecon, holding, origin_of
from rdv_mock.rules.examen import visible_resultat
from rdv_mock.rules.heures import autonomies_of
from rdv_mock.rules.nuit_du_calcul import mois_d_effet, nuits_over, periode_of
from rdv_mock.store import Store


def calculate_auto_ecole(
    store: Store, auto_ecole_id: str, periode: Periode, limits: Limits
) -> Calcul:
    """The calculation of a night for one école; nothing is written."""
    lecons = store.lecons.read_by_night(auto_ecole_id, periode.debut, periode.fin)
    return calculate_with(lecons, store, auto_ecole_id, periode, limits)


def calculate_with(
    lecons: Iterator[LeconLue], store: Store, auto_ecole_id: str, periode: Periode, limits: Limits
) -> Calcul:
    """The calculation of a night from given leçons: at least all of the period."""
    return calculate(
        lecons,
        _examens(store, auto_ecole_id, periode, limits),
        store.read_auto_ecole(auto_ecole_id),
        periode,
        limits,
        autonomies=store.autonomies.before(auto_ecole_id, periode.nuit),
    )


def _examens(
    store: Store, auto_ecole_id: str, periode: Periode, limits: Limits
) -> Iterator[ExamenLu]:
    """The examens of the period, each with the result that is visible in the night."""
    for groupe in GroupeDuLivret:
        reservations = store.reservations.of_auto_ecole(
            auto_ecole_id,
            GroupePermis(groupe),
            since=periode.debut.date(),
            until=periode.fin.date(),
        )
        for reservation in reservations:
            yield ExamenLu(
                id=reservation.examen.id,
                candidat_id=reservation.examen.candidat_id,
                groupe_permis=groupe,
                date_heure_debut=reservation.creneau.date_heure_debut,
                resultat=visible_resultat(reservation, limits, now=periode.nuit),
            )


def run_night(
    store: Store, auto_ecole_id: str, mois: str, limits: Limits
) -> Iterator[tuple[EtpCalcule, Decimal]]:
    """Calculate and record the night of a month for an école; yield the ETP of each groupe."""
    calcul = calculate_auto_ecole(store, auto_ecole_id, periode_of(mois, limits), limits)
    for groupe in GroupeDuLivret:
        recorded = _record(store, auto_ecole_id, mois, groupe, calcul, limits)
        yield recorded, calcul.groupes[groupe].etp
    _record_autonomies(store, auto_ecole_id, mois, calcul, limits)


def replay_nights(store: Store, limits: Limits, *, now: datetime) -> None:
    """Calculate and record the nights before the world's beginning, on loading.

    A night records a groupe only where the école has a leçon of it in the period.

    See docs/rules/nuit_du_calcul.md#replay.
    """
    for auto_ecole_id, taught in store.lecons.months_by_auto_ecole().items():
        for mois in nuits_over(taught, limits):
            periode = periode_of(mois, limits)
            if periode.nuit > now:
                break
            calcul = calculate_auto_ecole(store, auto_ecole_id, periode, limits)
            for groupe in GroupeDuLivret:
                if has_lecon(calcul.verdicts, groupe):
                    _record(store, auto_ecole_id, mois, groupe, calcul, limits)
            _record_autonomies(store, auto_ecole_id, mois, calcul, limits)


def _record(
    store: Store,
    auto_ecole_id: str,
    mois: str,
    groupe: GroupeDuLivret,
    calcul: Calcul,
    limits: Limits,
) -> EtpCalcule:
    effet = mois_d_effet(mois, limits)
    recorded = EtpCalcule(
        id=f"{auto_ecole_id}/{groupe}/{effet}",
        auto_ecole_id=auto_ecole_id,
        groupe_permis=groupe,
        mois=effet,
        date_heure_calcul=periode_of(mois, limits).nuit,
    )
    store.etp_calcules.save(recorded)
    store.parts_calculees.remove_where("etp_calcule_id = ?", recorded.id)
    store.parts_calculees.save_all(
        PartCalculee(
            id=f"{recorded.id}/{part.credited.formateur_id or part.credited.numero_autorisation}",
            etp_calcule_id=recorded.id,
            numero_autorisation=part.credited.numero_autorisation,
            formateur_id=part.credited.formateur_id,
            code_departement=part.credited.code_departement,
            etp=part.etp,
        )
        for part in calcul.groupes[groupe].parts
    )
    return recorded


def _record_autonomies(
    store: Store, auto_ecole_id: str, mois: str, calcul: Calcul, limits: Limits
) -> None:
    nuit = periode_of(mois, limits).nuit
    store.autonomies.forget_night(auto_ecole_id, nuit)
    earlier = store.autonomies.before(auto_ecole_id, nuit)
    store.autonomies.save_all(
        AutonomieEnregistree(
            id=f"{one.lecon_id}/{nuit:%Y-%m-%d}",
            auto_ecole_id=auto_ecole_id,
            lecon_id=one.lecon_id,
            minutes=one.minutes,
            date_heure_calcul=nuit,
        )
        for one in autonomies_of(calcul.verdicts, earlier)
    )


def etp_en_vigueur(
    store: Store,
    auto_ecole: AutoEcole,
    groupe: GroupePermis,
    mois: str,
    limits: Limits,
    *,
    now: datetime,
) -> EtpEnVigueur:
    """The ETP of an école that holds in a month of effect (docs/rules/etp.md).

    A given value counts in the département of the école, a formateur's ETP in the département of
    his bureau principal. For CE nothing is calculated: without a given value, each formateur
    declared for it counts 1 in the département of the declaration (`press`: places go by their
    number).
    """
    given = {
        month: {auto_ecole.code_departement: valeur}
        for month, valeur in store.etp_donnes.by_mois(auto_ecole.id, groupe).items()
    }
    if groupe is GroupePermis.CE:
        declared = declared_etp(store.declarations.of(auto_ecole.id), groupe)
        found = holding(mois, given, {}, limits)
        return EtpEnVigueur(by_departement=declared if found is None else found, parts=())
    calcules = store.etp_calcules.by_mois(auto_ecole.id, GroupeDuLivret(groupe), now=now)
    parts = {
        month: store.parts_calculees.of(calcule.id)
        for month, calcule in calcules.items()
        if paris.add_months(mois, -limits.integer("etp.reportMois")) <= month <= mois
    }
    sums = {month: _by_departement(found) for month, found in parts.items()}
    of, origine = origin_of(mois, given, sums, limits) or (None, None)
    return EtpEnVigueur(
        by_departement=holding(mois, given, sums, limits) or {},
        parts=holding(mois, {}, parts, limits) or (),
        origine=origine,
        mois=of,
    )


def _by_departement(parts: Sequence[PartCalculee]) -> Mapping[str, Decimal]:
    etp: dict[str, Decimal] = defaultdict(Decimal)
    for part in parts:
        etp[part.code_departement] += part.etp
    return etp
