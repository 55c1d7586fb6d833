"""Écoles in a scenario: what they have, from the file to the store and back."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Annotated

from pydantic import Field, PlainSerializer

from rdv_mock.facts.auto_ecole import (
    AutoEcole,
    Bureau,
    Declaration,
    Employe,
    EtpDonne,
    Formateur,
    Simulateur,
)
from rdv_mock.facts.centre import CentreFavori
from rdv_mock.facts.enumerations import GroupePermis, Role
from rdv_mock.fixtures import LARGEST_LIMIT
from rdv_mock.scenario.base import (
    Instant,
    NamedPart,
    Part,
    Parts,
    Ref,
    RefOf,
    RefOrId,
    named,
    part_of,
    text_of,
)
from rdv_mock.scenario.build import Build
from rdv_mock.scenario.yaml_text import Where
from rdv_mock.store import Store
from rdv_mock.wire.auto_ecole import (
    AutoEcoleOnWire,
    EmployeOnWire,
    EtpDuMois,
    FormateurDeLAutoEcole,
    FormateursADeclarer,
)
from rdv_mock.wire.base import CodeDepartement, Mois
from rdv_mock.wire.centre import CentreFavoriOnWire
from rdv_mock.wire.formateur import SimulateurOnWire


class BureauPart(NamedPart):
    """Un bureau d'une auto-école."""

    nom: str = Field(description="Nom du bureau.")
    code_departement: CodeDepartement | None = Field(
        None,
        description=f"{text_of(AutoEcoleOnWire, 'code_departement')} Par défaut celui de"
        " l'auto-école.",
    )


class EmployePart(NamedPart):
    """Quelqu'un qui se connecte pour une auto-école."""

    nom: str = Field(description=text_of(EmployeOnWire, "nom"))
    prenom: str = Field(description=text_of(EmployeOnWire, "prenom"))
    email: str = Field(description=text_of(EmployeOnWire, "email"))
    mot_de_passe: str | None = Field(
        None, description="Son mot de passe ; par défaut sa réf, sinon son adresse."
    )
    role: Role = Field(Role.GERANT, description=text_of(EmployeOnWire, "role"))
    bureaux: list[RefOrId] = Field(
        default=[],
        description="Les seuls bureaux que sa connexion couvre ; par défaut, tous.",
    )


class FormateurPart(NamedPart):
    """Un formateur d'une auto-école."""

    nom: str = Field(description=text_of(FormateurDeLAutoEcole, "nom"))
    prenom: str = Field(description=text_of(FormateurDeLAutoEcole, "prenom"))
    numero_autorisation: str = Field(
        description=text_of(FormateurDeLAutoEcole, "numero_autorisation")
    )
    bureau_principal: RefOrId | None = Field(
        None, description=text_of(FormateurDeLAutoEcole, "bureau_principal_id")
    )
    bureaux: list[RefOrId] | None = Field(
        None, description="Les bureaux où il est déclaré ; par défaut, tous."
    )


class SimulateurPart(Part):
    """Un simulateur d'une auto-école."""

    numero_autorisation: str = Field(description=text_of(SimulateurOnWire, "numero_autorisation"))
    bureau: RefOrId | None = Field(None, description=text_of(SimulateurOnWire, "bureau_id"))


def _as_number(value: Decimal) -> float:
    """A number as JSON has it; for `float` itself pydantic would parse its signature."""
    return float(value)


class EtpPart(Part):
    """Des ETP donnés au lieu d'être calculés."""

    groupe_permis: GroupePermis = Field(description=text_of(EtpDuMois, "groupe_permis"))
    mois: Mois = Field(description="Le premier mois, AAAA-MM, où ils valent.")
    valeur: Annotated[
        Decimal, Field(ge=0, max_digits=6, decimal_places=1), PlainSerializer(_as_number)
    ] = Field(description=text_of(EtpDuMois, "valeur"))


class DeclarationPart(Part):
    """Combien de formateurs l'auto-école a déclarés dans un département, pour un groupe."""

    code_departement: CodeDepartement
    groupe_permis: GroupePermis = Field(description=text_of(FormateursADeclarer, "groupe_permis"))
    nombre_de_formateurs: int = Field(
        ge=0, le=999, description=text_of(FormateursADeclarer, "nombre_de_formateurs")
    )
    date_heure_declaration: Instant | None = Field(
        None, description="Quand il a été déclaré ; par défaut, maintenant."
    )


class CentreFavoriPart(Part):
    """Un centre que l'auto-école préfère, pour un groupe."""

    groupe_permis: GroupePermis = Field(description=text_of(CentreFavoriOnWire, "groupe_permis"))
    centre: RefOrId = Field(description="Le centre : sa réf ou son identifiant.")
    priorite: int = Field(
        ge=0, le=LARGEST_LIMIT, description=text_of(CentreFavoriOnWire, "priorite")
    )


class AutoEcolePart(NamedPart):
    """Une auto-école, et tout ce qui est à elle."""

    ref: Ref | None = None
    nom: str = Field(description=text_of(AutoEcoleOnWire, "nom"))
    aurige_id: str | None = Field(
        None,
        description=f"{text_of(AutoEcoleOnWire, 'aurige_id')} Par défaut, il suit du département.",
    )
    code_departement: CodeDepartement
    en_ligne: bool = Field(default=False, description=text_of(AutoEcoleOnWire, "en_ligne"))
    est_fermee: bool = Field(default=False, description=text_of(AutoEcoleOnWire, "est_fermee"))
    email: str = Field(default="", description=text_of(AutoEcoleOnWire, "email"))
    adresse: str = Field(default="", description=text_of(AutoEcoleOnWire, "adresse"))
    code_postal: str = Field(default="", description=text_of(AutoEcoleOnWire, "code_postal"))
    ville: str = Field(default="", description=text_of(AutoEcoleOnWire, "ville"))
    bureaux: list[BureauPart] = Field(default=[], description="Ses bureaux.")
    employes: list[EmployePart] | None = Field(
        None,
        description="Ses employés ; par défaut, un gérant qui peut tout (mot de passe `gerant`).",
    )
    formateurs: list[FormateurPart] = Field(default=[], description="Ses formateurs déclarés.")
    simulateurs: list[SimulateurPart] = Field(default=[], description="Ses simulateurs.")
    etp: list[EtpPart] = Field(
        default=[],
        description="Ses ETP, donnés pour un mois et ceux qui suivent ; par défaut, ils sont"
        " calculés d'après ses leçons.",
    )
    declarations: list[DeclarationPart] = Field(
        default=[], description="Combien de formateurs elle a déclarés, et où."
    )
    centres_favoris: list[CentreFavoriPart] = Field(default=[], description="Ses centres favoris.")


def save_auto_ecoles(parts: Parts[AutoEcolePart], build: Build, at: Where) -> None:
    """Put écoles and what they have into the build."""
    for index, part in parts:
        _save_auto_ecole(part, build, (*at, index))


def _save_auto_ecole(part: AutoEcolePart, build: Build, at: Where) -> None:
    store = build.store
    auto_ecole = AutoEcole(
        id=build.id_of(part, store.auto_ecoles, at),
        nom=part.nom,
        aurige_id=part.aurige_id or f"{part.code_departement}{int(at[-1]) + 1:07}",
        code_departement=part.code_departement,
        en_ligne=part.en_ligne,
        est_fermee=part.est_fermee,
        email=part.email,
        adresse=part.adresse,
        code_postal=part.code_postal,
        ville=part.ville,
    )
    build.add(store.auto_ecoles, auto_ecole)
    bureaux = list(_save_bureaux(part.bureaux, auto_ecole, build, (*at, "bureaux")))
    _save_employes(part.employes, auto_ecole, build, (*at, "employes"))
    _save_formateurs(part.formateurs, auto_ecole, bureaux, build, (*at, "formateurs"))
    build.replace_all(store.simulateurs, "auto_ecole_id", auto_ecole.id)
    for index, simulateur in enumerate(part.simulateurs):
        numero = simulateur.numero_autorisation
        where = (*at, "simulateurs", index)
        bureau = find_bureau(simulateur.bureau, auto_ecole.id, build, (*where, "bureau"))
        id_ = build.part_id(store.simulateurs, auto_ecole.id, numero)
        build.once(store.simulateurs, id_, where)
        build.add(store.simulateurs, Simulateur(id_, auto_ecole.id, numero, bureau))
    build.replace_all(store.etp_donnes, "auto_ecole_id", auto_ecole.id)
    for index, etp in enumerate(part.etp):
        id_ = build.part_id(store.etp_donnes, auto_ecole.id, etp.groupe_permis, etp.mois)
        build.once(store.etp_donnes, id_, (*at, "etp", index))
        given = EtpDonne(id_, auto_ecole.id, etp.groupe_permis, etp.mois, etp.valeur)
        build.add(store.etp_donnes, given)
    _save_declarations(part.declarations, auto_ecole, build, (*at, "declarations"))
    _save_favoris(part.centres_favoris, auto_ecole, build, (*at, "centresFavoris"))


def _save_declarations(
    parts: Sequence[DeclarationPart], auto_ecole: AutoEcole, build: Build, at: Where
) -> None:
    table = build.store.declarations
    build.replace_all(table, "auto_ecole_id", auto_ecole.id)
    for index, part in enumerate(parts):
        id_ = build.part_id(table, auto_ecole.id, part.code_departement, part.groupe_permis)
        build.once(table, id_, (*at, index))
        declaration = Declaration(
            id=id_,
            auto_ecole_id=auto_ecole.id,
            code_departement=part.code_departement,
            groupe_permis=part.groupe_permis,
            nombre_de_formateurs=part.nombre_de_formateurs,
            date_heure_declaration=part.date_heure_declaration or build.now,
        )
        build.add(table, declaration)


def _save_favoris(
    parts: Sequence[CentreFavoriPart], auto_ecole: AutoEcole, build: Build, at: Where
) -> None:
    """The favourites of an école: one centre for each groupe and priorite."""
    table = build.store.centres_favoris
    build.replace_all(table, "auto_ecole_id", auto_ecole.id)
    for index, part in enumerate(parts):
        centre = build.find(build.store.centres, part.centre, (*at, index, "centre"))
        id_ = build.part_id(table, auto_ecole.id, part.groupe_permis, part.priorite)
        build.once(table, id_, (*at, index))
        if centre:
            favori = CentreFavori(id_, auto_ecole.id, part.groupe_permis, centre.id, part.priorite)
            build.add(table, favori)


def _save_bureaux(
    parts: Sequence[BureauPart], auto_ecole: AutoEcole, build: Build, at: Where
) -> Iterator[str]:
    for index, part in enumerate(parts):
        id_ = build.id_of(part, build.store.bureaux, (*at, index))
        build.check_owner(build.store.bureaux, id_, auto_ecole.id, (*at, index))
        departement = part.code_departement or auto_ecole.code_departement
        build.add(build.store.bureaux, Bureau(id_, auto_ecole.id, part.nom, departement))
        yield id_


def _save_employes(
    parts: Sequence[EmployePart] | None, auto_ecole: AutoEcole, build: Build, at: Where
) -> None:
    """The employés of an école; said nothing of, it gets a GERANT, so that somebody can log in."""
    table = build.store.employes
    if parts is None and not table.of(auto_ecole.id):
        id_ = build.part_id(table, auto_ecole.id)
        email = f"gerant@{auto_ecole.id}.test"
        gerant = Employe(id_, auto_ecole.id, "Gérant", "Le", email, "gerant", Role.GERANT, ())
        build.add(table, gerant)
    for index, part in enumerate(parts or ()):
        where = (*at, index)
        employe = Employe(
            id=build.id_of(part, table, where),
            auto_ecole_id=auto_ecole.id,
            nom=part.nom,
            prenom=part.prenom,
            email=part.email,
            mot_de_passe=part.mot_de_passe or part.ref or part.email,
            role=part.role,
            bureaux=_find_bureaux(part.bureaux, auto_ecole.id, build, (*where, "bureaux")),
        )
        build.check_owner(table, employe.id, auto_ecole.id, where)
        build.add(table, employe)


def _save_formateurs(
    parts: Sequence[FormateurPart],
    auto_ecole: AutoEcole,
    all_bureaux: Sequence[str],
    build: Build,
    at: Where,
) -> None:
    for index, part in enumerate(parts):
        where = (*at, index)
        formateur = Formateur(
            id=build.id_of(part, build.store.formateurs, where),
            auto_ecole_id=auto_ecole.id,
            nom=part.nom,
            prenom=part.prenom,
            numero_autorisation=part.numero_autorisation,
            bureau_principal_id=find_bureau(
                part.bureau_principal, auto_ecole.id, build, (*where, "bureauPrincipal")
            ),
            bureaux=(
                tuple(all_bureaux)
                if part.bureaux is None
                else _find_bureaux(part.bureaux, auto_ecole.id, build, (*where, "bureaux"))
            ),
        )
        build.check_owner(build.store.formateurs, formateur.id, auto_ecole.id, where)
        build.add(build.store.formateurs, formateur)


def find_bureau(name: str | None, auto_ecole_id: str, build: Build, at: Where) -> str | None:
    """The id of a bureau of this école; a problem when it is that of another one."""
    bureau = build.find(build.store.bureaux, name, at) if name else None
    if bureau and bureau.auto_ecole_id != auto_ecole_id:
        build.problem(at, f"« {name} » est un bureau d'une autre auto-école")
    return bureau.id if bureau else None


def _find_bureaux(
    names: Iterable[str], auto_ecole_id: str, build: Build, at: Where
) -> tuple[str, ...]:
    found = (
        find_bureau(name, auto_ecole_id, build, (*at, index)) for index, name in enumerate(names)
    )
    return tuple(id_ for id_ in found if id_)


def write_auto_ecole(auto_ecole: AutoEcole, store: Store, ref: RefOf) -> AutoEcolePart:
    """An école as a scenario says it."""
    id_ = auto_ecole.id
    return part_of(
        auto_ecole,
        AutoEcolePart,
        ref,
        bureaux=[part_of(bureau, BureauPart, ref) for bureau in store.bureaux.of(id_)],
        employes=[
            part_of(employe, EmployePart, ref, bureaux=_names(employe.bureaux, ref))
            for employe in store.employes.as_declared(id_)
        ],
        formateurs=[
            part_of(formateur, FormateurPart, ref, bureaux=_names(formateur.bureaux, ref))
            for formateur in store.formateurs.as_declared(id_)
        ],
        simulateurs=[
            part_of(simulateur, SimulateurPart, ref)
            for simulateur in store.simulateurs.as_declared(id_)
        ],
        etp=[part_of(etp, EtpPart, ref) for etp in store.etp_donnes.of(id_)],
        declarations=[
            part_of(declaration, DeclarationPart, ref) for declaration in store.declarations.of(id_)
        ],
        centres_favoris=[
            part_of(favori, CentreFavoriPart, ref)
            for favori in store.centres_favoris.as_declared(id_)
        ],
    )


def _names(ids: Iterable[str], ref: RefOf) -> list[str]:
    return [named(id_, ref) for id_ in ids]
