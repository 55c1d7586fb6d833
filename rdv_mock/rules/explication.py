"""The calculation in words: one French sentence for each verdict, told from what it holds."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from rdv_mock.facts.enumerations import MotifDExclusion, OrigineEtp
from rdv_mock.facts.etp import (
    MINUTES_PER_HOUR,
    EtpDuGroupe,
    EtpEnVigueur,
    LeconLue,
    PartEtp,
    Periode,
    Verdict,
)
from rdv_mock.fixtures import Limits
from rdv_mock.rules.lecon import durees_of

_CENT = Decimal("0.01")
_FIRST_PLURAL = 2

_REASONS: Mapping[MotifDExclusion, str] = {
    MotifDExclusion.HORS_PERIODE: (
        "elle commence hors de la période, du {periode.debut:%d/%m/%Y} au {last_day:%d/%m/%Y}"
    ),
    MotifDExclusion.RECEPTION_TARDIVE: "elle a été reçue après la nuit du calcul",
    MotifDExclusion.DUREE_HORS_LIMITES: (
        "une leçon {lecon.type} dure entre {minimum} et {maximum} mn"
    ),
    MotifDExclusion.SANS_DEMANDE_ACTIVE: (
        "l'élève n'a pas de demande validée pour la catégorie {lecon.contrat.categorie_permis}"
    ),
    MotifDExclusion.FORMATEUR_NON_DECLARE: (
        "aucun formateur déclaré {where} ne porte le numéro {lecon.numero_autorisation}"
    ),
    MotifDExclusion.TYPE_INCOMPATIBLE: (
        "le type {lecon.type} ne va pas avec le numéro {lecon.numero_autorisation}"
        " sur un contrat {lecon.contrat.categorie_permis}"
    ),
    MotifDExclusion.SIMULATEUR_NON_REFERENCE: (
        "le simulateur {lecon.numero_autorisation} n'est pas de l'auto-école"
    ),
    MotifDExclusion.SANS_BUREAU_PRINCIPAL: (
        "le formateur {lecon.numero_autorisation} n'a pas de bureau principal"
    ),
    MotifDExclusion.BAIL_EXPIRE: (
        "le bureau du contrat n'était pas connecté quand elle a été reçue"
    ),
    MotifDExclusion.CHEVAUCHEMENT: "elle chevauche {autre}",
    MotifDExclusion.GROUPE_TROP_GRAND: (
        "un groupe {lecon.type} compte pour {group} élèves au plus, celui de {autre} est complet"
    ),
    MotifDExclusion.THEORIE_DEJA_COMPTEE: "les heures de ce cours sont portées par {autre}",
    MotifDExclusion.PLAFOND_THEORIE: (
        "la théorie compte pour {limits[etp.plafondTheorieHeures]} h au plus"
        " par formateur et par mois"
    ),
    MotifDExclusion.SIMULATEUR_AUTONOMIE_DEPASSEE: (
        "seul sur simulateur, un élève compte pour"
        " {limits[etp.simulateurAutonomieHeures]} h au plus"
    ),
}


def explication(verdict: Verdict, periode: Periode, limits: Limits) -> str:
    """Why a leçon counts as it does: « 1,50 h × 1,2 = 1,80 h comptée pour A0850001230. ».

    Hours are shown to the hundredth, rounded half up; the calculation itself rounds none.
    """
    motif = verdict.motif
    reason = f" : {_reason(motif, verdict, periode, limits)}." if motif else "."
    whole = Decimal(verdict.lecon.duree_en_minutes) / MINUTES_PER_HOUR
    if verdict.credited is None:
        return f"{_text(whole)} h non {_counted(whole)}{reason}"
    part = Decimal(verdict.minutes) / MINUTES_PER_HOUR
    real = f"{_text(part)} h" if part == whole else f"{_text(part)} h sur {_text(whole)}"
    return (
        f"{real} × {_plain(verdict.coefficient)} = {_text(verdict.heures)} h"
        f" {_counted(verdict.heures)} pour {verdict.credited.numero_autorisation}{reason}"
    )


def calcul_of(part: PartEtp, limits: Limits) -> str:
    """How hours become ETP: « 117,60 h ÷ 3 mois ÷ 151,666 h = 0,25846, arrondi à 0,3. »."""
    months, base = limits.integer("etp.moisGlissants"), limits.decimal("etp.baseMensuelle")
    digits = limits.integer("etp.decimales") + _MORE_DIGITS
    exact = (part.heures / months / base).quantize(Decimal(1).scaleb(-digits), ROUND_DOWN)
    return (
        f"{_text(part.heures)} h ÷ {months} mois ÷ {_plain(base)} h = {_plain(exact)},"
        f" arrondi à {_plain(part.etp)}."
    )


_MORE_DIGITS = 4
"""So many more than are kept, and no digit of them rounded up: one sees on which side it lies."""


def origine_told(
    found: EtpDuGroupe, holds: EtpEnVigueur, mois: str, *, given: Decimal | None
) -> str:
    """The sum of a calculation, and whether it is what holds in a month of effect."""
    summands = [_plain(part.etp) for part in found.parts if part.etp]
    terms = f"{' + '.join(summands)} = " if len(summands) > 1 else ""
    told = f"Calcul : {terms}{_plain(found.etp)} ETP, somme des valeurs arrondies."
    if given is not None:
        return f"{told} Le scénario en donne {_plain(given)} pour ce mois : c'est ce qui vaut."
    if holds.origine is None:
        return f"{told} Rien n'est donné, ni trouvé par une nuit : c'est 0 qui vaut."
    if holds.mois == mois:
        return f"{told} La nuit a enregistré {_plain(holds.total)} : c'est ce qui vaut."
    is_given = holds.origine is OrigineEtp.SCENARIO
    what = "ce que le scénario donne" if is_given else "ce qu'une nuit a trouvé"
    return (
        f"{told} Sans rien pour ce mois, vaut encore {what} pour {holds.mois} :"
        f" {_plain(holds.total)}."
    )


def _reason(motif: MotifDExclusion, verdict: Verdict, periode: Periode, limits: Limits) -> str:
    lecon = verdict.lecon
    minimum, maximum = durees_of(lecon.type, limits)
    return _REASONS[motif].format(
        lecon=lecon,
        periode=periode,
        limits=limits.values,
        last_day=periode.fin - timedelta(days=1),
        minimum=minimum,
        maximum=maximum,
        group=limits.values.get(f"etp.groupeMoto.{lecon.type}"),
        where="au bureau du contrat" if lecon.contrat.bureau_id else "par l'auto-école",
        autre=verdict.autre and _described(verdict.autre),
    )


def _described(lecon: LeconLue) -> str:
    return (
        f"la leçon {lecon.id} du {lecon.date_heure_debut:%d/%m/%Y à %H:%M}"
        f" ({lecon.duree_en_minutes} mn)"
    )


def _text(hours: Decimal) -> str:
    return _plain(hours.quantize(_CENT, ROUND_HALF_UP))


def _plain(number: Decimal) -> str:
    return f"{number:f}".replace(".", ",")


def _counted(hours: Decimal) -> str:
    return "comptées" if hours >= _FIRST_PLURAL else "comptée"
