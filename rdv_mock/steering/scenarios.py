"""List scenarios, and load one into a world."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TypeVar

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.hints import suggestion
from rdv_mock.http.aside import aside
from rdv_mock.http.life import alone_in
from rdv_mock.http.server import Server
from rdv_mock.scenario.library import ScenarioFile, find_scenario, list_scenarios, title_of
from rdv_mock.scenario.load import load_scenario
from rdv_mock.scenario.models import NamedScenario
from rdv_mock.scenario.parsing import parse
from rdv_mock.scenario.source import Source
from rdv_mock.store import Store
from rdv_mock.worlds.world import World


@dataclass(frozen=True, slots=True)
class Summary:
    """A scenario that can be loaded by its name; `source` says whether it is the user's or ours."""

    name: str
    title: str
    description: str
    source: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """The title of a loaded scenario, and the ids behind its refs."""

    title: str
    refs: Mapping[str, str]


R = TypeVar("R")


async def list_known(server: Server) -> list[Summary]:
    """List the scenarios that can be loaded by name: the user's, then the bundled ones."""
    return await aside(_summaries, server)


def _summaries(server: Server) -> list[Summary]:
    return [
        Summary(entry.name, title, description, entry.source)
        for entry in list_scenarios(server.settings.scenarios)
        for title, description in [title_of(entry)]
    ]


async def load(server: Server, world: World, source: Source) -> Loaded:
    """Load a scenario into a world: one that is written out, or named (`{"name": …}`).

    Earlier tokens end. A bad scenario leaves the world untouched. Raises SCENARIO_INCONNU,
    SCENARIO_INVALIDE.
    """
    return await load_and_tell(server, world, source, _loaded)


def _loaded(world: World) -> Loaded:
    return Loaded(world.settings.title, dict(world.store.references.by_ref()))


async def load_and_tell(
    server: Server, world: World, source: Source, tell: Callable[[World], R]
) -> R:
    """Load a scenario as `load` does; return what `tell` reads of the world before others may."""
    pristine = await aside(build, server, source)
    del source  # a large one takes several times its length
    with closing(pristine):
        async with alone_in(world):
            return await aside(_load, world, pristine.share(), tell)


def _load(world: World, pristine: Store, tell: Callable[[World], R]) -> R:
    world.load(pristine)
    return tell(world)


def build(server: Server, source: Source) -> Store:
    """The state of a scenario; the caller closes it. A large one takes seconds.

    Raises SCENARIO_INCONNU, SCENARIO_INVALIDE.
    """
    if isinstance(source.content, dict) and source.content.keys() == {"name"}:
        wanted = parse(source, NamedScenario)
        return server.pristine_of(find_scenario(wanted.name, server.settings.scenarios))
    return load_scenario(source, name="sans-nom", now=server.real())


def find_called(server: Server, called: str) -> ScenarioFile:
    """The scenario with this name or title. Raises SCENARIO_INCONNU."""
    known: dict[str, ScenarioFile] = {}
    for entry in list_scenarios(server.settings.scenarios):
        for name in (entry.name, title_of(entry)[0]):
            if name == called:
                return entry
            known[name] = entry
    raise Refusal(ApiError.SCENARIO_INCONNU, hint=suggestion(called, known))
