"""Tell which bureaux are connected, and by whom."""

from collections.abc import Iterator
from dataclasses import dataclass

from rdv_mock.facts.access import Bail
from rdv_mock.facts.auto_ecole import AutoEcole
from rdv_mock.http.aside import aside
from rdv_mock.http.life import alone_in
from rdv_mock.rules.bail import covers
from rdv_mock.steering.named import Named, named
from rdv_mock.store import Store
from rdv_mock.worlds.names import Names
from rdv_mock.worlds.world import World


@dataclass(frozen=True, slots=True)
class Coverage:
    """A bureau with one bail that covers it, or once did.

    `bureau`: None for an école without bureaux; `bail` and `employe`: None for a bureau without
    bails.
    """

    auto_ecole: Named
    bureau: Named | None
    employe: Named | None
    bail: Bail | None


async def list_coverages(world: World) -> list[Coverage]:
    """List the bails of each bureau, école by école, the earliest first."""
    async with alone_in(world):
        return await aside(_coverages, world.store)


def _coverages(store: Store) -> list[Coverage]:
    names = Names(store)
    return [
        coverage
        for auto_ecole in store.auto_ecoles.all()
        for coverage in _coverages_of(auto_ecole, store, names)
    ]


def _coverages_of(auto_ecole: AutoEcole, store: Store, names: Names) -> Iterator[Coverage]:
    """The coverages of an école, bureau by bureau; without bureaux, those of the école itself."""
    employes = store.employes.of(auto_ecole.id)
    bureaux = [bureau.id for bureau in store.bureaux.of(auto_ecole.id)]
    for bureau_id in bureaux or (None,):
        covering = [
            bail
            for employe in employes
            if covers(employe, bureau_id)
            for bail in store.baux.of(employe.id)
        ]
        for bail in sorted(covering, key=lambda bail: (bail.debut, bail.id)):
            yield _coverage(auto_ecole.id, bureau_id, bail, names)
        if not covering:
            yield _coverage(auto_ecole.id, bureau_id, None, names)


def _coverage(
    auto_ecole_id: str, bureau_id: str | None, bail: Bail | None, names: Names
) -> Coverage:
    return Coverage(
        named("autoEcole", auto_ecole_id, names),
        named("bureau", bureau_id, names),
        named("employe", bail.employe_id if bail else None, names),
        bail,
    )
