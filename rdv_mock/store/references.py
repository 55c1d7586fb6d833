"""The short names of a scenario."""

from collections.abc import Mapping

from rdv_mock.facts.reference import Reference, canonical
from rdv_mock.store.table import Table


class References(Table[Reference]):
    """What each ref names."""

    name = "refs"
    fact = Reference
    indexes = (("target_id",),)

    def by_ref(self) -> Mapping[str, str]:
        """Every ref with the id that it stands for."""
        return {reference.ref: reference.target_id for reference in self.all()}

    def id_of(self, name: str) -> str:
        """The id behind a ref; any other name is one."""
        reference = self.find(name)
        return reference.target_id if reference else canonical(name)

    def ref_of(self, target_id: str) -> str | None:
        """The ref of an object, if it has one."""
        reference = self.first("target_id = ?", target_id)
        return None if reference is None else reference.ref
