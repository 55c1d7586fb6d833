"""pytest fixtures: a server for the session, a world of its own for each test.

    @pytest.mark.rdv_mock(scenario="panier_plein", now="2026-03-10T09:00:00+01:00")
    def test_my_program(rdv_mock):
        my_program(base_url=rdv_mock.base_url, token=rdv_mock.token("lea"))
        assert rdv_mock.journal(operation="ajouterCreneau")[0]["code"] == "PANIER_PLEIN"

The report of a failed test shows the calls that its world has received.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from rdv_mock.testing import Client

_WORLD = pytest.StashKey["Client"]()
MOST_SHOWN = 30


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line(
        "markers",
        "rdv_mock(scenario=None, *, now=None, frozen=None): the scenario and the clock of the world"
        " that the fixture `rdv_mock` gives.",
    )


@pytest.fixture(scope="session")
def rdv_mock_server() -> Iterator[Client]:
    """A server in this process; each worker of a parallel run has its own."""
    from rdv_mock.testing import running_server  # noqa: PLC0415 - only where it is asked for

    with running_server() as client:
        yield client


@pytest.fixture
def rdv_mock(request: pytest.FixtureRequest, rdv_mock_server: Client) -> Iterator[Client]:
    """A world for one test, deleted after it."""
    options: dict[str, Any] = {}
    for marker in reversed(list(request.node.iter_markers("rdv_mock"))):
        try:
            options.update(_options(*marker.args, **marker.kwargs))
        except TypeError as error:
            raise pytest.UsageError(f"@pytest.mark.rdv_mock: {error}") from None
    clock = {key: options.pop(key) for key in ("now", "frozen") if key in options}
    if clock:
        options["clock"] = clock
    world = rdv_mock_server.create_world(**options)
    request.node.stash[_WORLD] = world
    yield world
    _drop(world, rdv_mock_server)


def _options(
    scenario: str | None = None, *, now: str | None = None, frozen: bool | None = None
) -> dict[str, Any]:
    """The options that a marker gives."""
    given = {"scenario": scenario, "now": now, "frozen": frozen}
    return {name: value for name, value in given.items() if value is not None}


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Add the calls that a failed test's world received to its report, newest first."""
    outcome = yield
    report: pytest.TestReport = outcome.get_result()
    world = item.stash.get(_WORLD, None)
    if world is not None and report.when == "call" and report.failed:
        report.sections.append(("rdv-mock journal", _shown(world)))


def _drop(world: Client, server: Client) -> None:
    """Delete a world, unless the test has deleted it."""
    from rdv_mock.testing import ControlError  # noqa: PLC0415 - as above

    try:
        server.drop_world(world.base_url.rpartition("/")[2])
    except ControlError as refusal:
        if refusal.code != "MONDE_INCONNU":
            raise


def _shown(world: Client) -> str:
    from rdv_mock.testing import ControlError  # noqa: PLC0415 - as above

    try:
        entries = world.journal(limit=MOST_SHOWN)
    except (ControlError, OSError) as problem:
        return f"cannot be read: {problem}"
    if not entries:
        return "no call was received"
    return "\n".join(
        f"{entry['at']} {entry['method']} {entry['path']} {entry['status']}"
        f" {entry['code'] or ''} {entry['request']['body']}".rstrip()
        for entry in entries
    )
