"""Who hours are credited to: what an authorisation number means in an école, and where."""

from collections.abc import Iterator
from typing import NamedTuple

from rdv_mock.facts.auto_ecole import Formateur, Simulateur
from rdv_mock.facts.enumerations import MotifDExclusion
from rdv_mock.facts.etp import AutoEcoleLue, Credited
from rdv_mock.fixtures import Limits

SIMULATEUR_LETTER = "S"


class Number(NamedTuple):
    """What an authorisation number means: an élève `alone` on a simulator, or a formateur.

    With a motif it counts for nobody.
    """

    alone: bool
    motif: MotifDExclusion | None
    credited: Credited | None


class AuthorisationNumbers:
    """The formateurs and simulators of an école, and the generic number.

    Each lies in the département of its bureau, by default the école's (docs/rules/etp.md#where,
    `inferred`).
    """

    def __init__(self, ecole: AutoEcoleLue, limits: Limits) -> None:
        self._code_departement = ecole.code_departement
        self._departements: dict[str | None, str] = {
            bureau.id: bureau.code_departement for bureau in ecole.bureaux
        }
        self._formateurs = ecole.formateurs
        self.generique = Credited(
            limits.text("numeroAutorisation.generique"), None, ecole.code_departement
        )
        self.formateurs = {formateur.id: self._of(formateur) for formateur in ecole.formateurs}
        self.simulateurs = {
            one.numero_autorisation: self._of(one)
            for one in ecole.simulateurs
            if one.numero_autorisation != self.generique.numero_autorisation
        }
        self._numbers: dict[tuple[str, str | None], Number] = {}

    def _of(self, one: Formateur | Simulateur) -> Credited:
        if isinstance(one, Formateur):
            bureau_id, formateur_id = one.bureau_principal_id, one.id
        else:
            bureau_id, formateur_id = one.bureau_id, None
        code = self._departements.get(bureau_id, self._code_departement)
        return Credited(one.numero_autorisation, formateur_id, code)

    def number(self, numero: str, bureau_id: str | None) -> Number:
        """Find what a number means on a contrat of a bureau (docs/rules/heures.md).

        Of several formateurs with one number (an agrément) it is the first who is declared there.
        """
        key = (numero, bureau_id)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = self._find(numero, bureau_id)
        return number

    def _find(self, numero: str, bureau_id: str | None) -> Number:
        if numero == self.generique.numero_autorisation:
            return Number(alone=True, motif=None, credited=self.generique)
        if numero.startswith(SIMULATEUR_LETTER):
            credited = self.simulateurs.get(numero)
            motif = None if credited else MotifDExclusion.SIMULATEUR_NON_REFERENCE
            return Number(alone=True, motif=motif, credited=credited)
        declared = next(
            (
                formateur
                for formateur in self._formateurs
                if formateur.numero_autorisation == numero
                and (bureau_id is None or bureau_id in formateur.bureaux)
            ),
            None,
        )
        if declared is None:
            return Number(alone=False, motif=MotifDExclusion.FORMATEUR_NON_DECLARE, credited=None)
        if declared.bureau_principal_id is None:
            return Number(alone=False, motif=MotifDExclusion.SANS_BUREAU_PRINCIPAL, credited=None)
        return Number(alone=False, motif=None, credited=self.formateurs[declared.id])

    def __iter__(self) -> Iterator[Credited]:
        """Formateurs as declared, then simulators, the generic number last."""
        yield from self.formateurs.values()
        yield from self.simulateurs.values()
        yield self.generique

    def first_formateur(self) -> Credited | None:
        """Find the first declared formateur who has a bureau principal.

        See docs/rules/etp.md#accompaniment.
        """
        return next(
            (
                self.formateurs[formateur.id]
                for formateur in self._formateurs
                if formateur.bureau_principal_id
            ),
            None,
        )
