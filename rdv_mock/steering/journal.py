"""Read the journal of a world, wait for a call, empty it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rdv_mock.errors import bad_parameter
from rdv_mock.hints import suggestion
from rdv_mock.http.aside import aside
from rdv_mock.http.life import alone_in, live_until_now
from rdv_mock.steering.named import Named, find_employe, named
from rdv_mock.store import Store
from rdv_mock.wire.operations import OPERATIONS
from rdv_mock.worlds.incidents import fits
from rdv_mock.worlds.journal import Entry
from rdv_mock.worlds.names import Names
from rdv_mock.worlds.world import World


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter of calls: they agree with all fields that are given.

    `path` may hold `*`; `employe` is a ref, an id or an e-mail address.
    """

    operation: str | None = None
    method: str | None = None
    path: str | None = None
    status: int | None = None
    code: str | None = None
    employe: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A call, its employé and his école.

    `employe`: None without a valid token; `auto_ecole`: None also when the employé is gone.
    """

    entry: Entry
    employe: Named | None
    auto_ecole: Named | None


@dataclass(frozen=True, slots=True)
class Found:
    """How many calls a filter lets through, and the newest of them, newest first."""

    total: int
    calls: Sequence[Received]


async def read_journal(
    world: World, wanted: Wanted | None = None, *, limit: int = 100, seconds: float = 0
) -> Found:
    """Read the newest calls of a filter; if there is none, wait for one.

    `seconds`: how long at most, in real time. Raises EMPLOYE_INCONNU, and PARAMETRE_INVALIDE for an
    unknown operation.
    """
    await live_until_now(world)
    is_wanted = filter_of(wanted or Wanted(), world.store)
    found = await world.journal.wait_for(is_wanted, seconds=seconds)
    async with alone_in(world):
        return Found(len(found), await aside(_with_callers, found[:limit], world.store))


def clear_journal(world: World) -> None:
    """Forget the calls received."""
    world.journal.clear()


def filter_of(wanted: Wanted, store: Store) -> Callable[[Entry], bool]:
    """A filter as a function of an entry. Raises EMPLOYE_INCONNU, PARAMETRE_INVALIDE."""
    employe = find_employe(wanted.employe, store).id if wanted.employe is not None else None
    if wanted.operation is not None and wanted.operation not in OPERATIONS:
        hint = suggestion(wanted.operation, OPERATIONS)
        raise bad_parameter("operation", f"n'est pas une opération connue{hint}")

    def is_wanted(entry: Entry) -> bool:
        return (
            wanted.operation in {None, entry.operation}
            and (wanted.method is None or wanted.method.upper() == entry.method)
            and (wanted.path is None or fits(wanted.path, entry.path))
            and wanted.status in {None, entry.status}
            and wanted.code in {None, entry.code}
            and employe in {None, entry.employe}
        )

    return is_wanted


def _with_callers(entries: Sequence[Entry], store: Store) -> list[Received]:
    names = Names(store)
    names.read("employe", (entry.employe for entry in entries))
    return [_with_caller(entry, names) for entry in entries]


def _with_caller(entry: Entry, names: Names) -> Received:
    employe = names.fact("employe", entry.employe)
    return Received(
        entry,
        named("employe", entry.employe, names),
        named("autoEcole", employe.auto_ecole_id if employe else None, names),
    )
