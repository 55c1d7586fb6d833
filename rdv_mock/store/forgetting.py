"""How a fact is forgotten with all that it owns."""

from dataclasses import replace
from typing import Any

from rdv_mock.store.table import Table
from rdv_mock.store.tables import Tables


def forget(tables: Tables, table: Table[Any], id_: str) -> None:
    """Remove a fact with its ref and all that it owns."""
    if table is tables.candidats:
        for element in tables.elements_du_panier.where("candidat_id = ?", id_):
            tables.elements_du_panier.save(replace(element, candidat_id=None))
    known = tables.tokens.to_refresh(id_) if table is tables.employes else ()
    for owned in tables.tables:
        for column, owner in owned.owners.items():
            if owner == table.name:
                for fact in owned.where(f"{column} = ?", id_):
                    forget(tables, owned, fact.id)
    if known:
        tables.tokens.save_all(known)  # so that a refresh is told that he is gone
    if table is tables.bureaux:
        _leave_bureau(tables, id_)
    tables.references.remove_where("target_id = ?", id_)
    table.remove(id_)


def _leave_bureau(tables: Tables, bureau_id: str) -> None:
    """Take a bureau from the contrats, employés, formateurs and simulateurs that name it."""
    for contrat in tables.contrats_de_formation.where("bureau_id = ?", bureau_id):
        tables.contrats_de_formation.save(replace(contrat, bureau_id=None))
    bureau = tables.bureaux.get(bureau_id)
    for employe in tables.employes.of(bureau.auto_ecole_id):
        rest = tuple(id_ for id_ in employe.bureaux if id_ != bureau_id)
        tables.employes.save(replace(employe, bureaux=rest))
    for formateur in tables.formateurs.of(bureau.auto_ecole_id):
        rest = tuple(id_ for id_ in formateur.bureaux if id_ != bureau_id)
        principal = formateur.bureau_principal_id
        tables.formateurs.save(
            replace(
                formateur,
                bureaux=rest,
                bureau_principal_id=None if principal == bureau_id else principal,
            )
        )
    for simulateur in tables.simulateurs.of(bureau.auto_ecole_id):
        if simulateur.bureau_id == bureau_id:
            tables.simulateurs.save(replace(simulateur, bureau_id=None))
