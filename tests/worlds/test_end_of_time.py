"""No instant at which a world crashes, or its state does not load: the ends of time, and nights."""

import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rdv_mock import api, paris
from rdv_mock.scenario.dump import dump_scenario
from rdv_mock.scenario.load import load_scenario
from rdv_mock.scenario.source import read_yaml
from tests.support import CONTRATS, SMALL, Vendor, instant, lecon, running

YAML = {"content-type": "application/yaml"}
FIRST, LAST = "1900-01-01T00:00:00Z", "2199-12-31T23:59:59Z"
EDGES = [
    FIRST,
    "1900-01-24T23:00:00Z",
    "1900-02-28T23:59:59Z",
    "2096-02-29T12:00:00Z",
    "2100-12-31T23:00:00Z",
    "2026-03-29T00:59:59Z",
    "2026-10-25T00:30:00Z",
    "2199-10-31T12:00:00Z",
    "2199-11-24T23:00:00Z",
    "2199-12-24T23:00:00Z",
    "2199-12-31T22:59:59Z",
    "2199-12-31T23:00:00Z",
    LAST,
]
LATE = """\
centres: [{ref: z, nom: Z, codeDepartement: "085", groupesPermis: [A, B]}]
creneaux:
  - {ref: dernier, centre: z, dateHeureDebut: 2199-12-31T23:50:00}
  - {ref: automne, centre: z, dateHeureDebut: 2026-10-25T02:50:00}
  - {ref: premier, centre: z, dateHeureDebut: 1900-01-01T00:00:00}
examens:
  - {autoEcole: plesses, creneau: dernier, candidat: zoe}
  - {autoEcole: plesses, creneau: automne, candidat: zoe, statut: ANNULE}
  - {autoEcole: plesses, creneau: premier, statut: ANNULE}
paniers: [{employe: lea, dateHeureCreation: 2299-12-31T23:59:00Z}]
baux: [{employe: lea, clientId: editeur-demo, debut: 2299-12-31T00:00:00Z}]
"""


def world_at(now: str, *, frozen: bool = True, more: str = "") -> str:
    """The small world, at another time."""
    clock = f"now: {now}, frozen: {str(frozen).lower()}"
    return re.sub(r"clock: \{[^}]*\}", f"clock: {{{clock}}}", SMALL, count=1) + more


@pytest.mark.parametrize("now", EDGES)
@pytest.mark.parametrize("by", ["PT0S", "PT1S", "P1D", "P400D", "P3652D"])
def test_no_call_crashes_at_the_edges_of_time(now: str, by: str) -> None:
    with running(world_at(now, more=LATE)) as application:
        anyone = Vendor(application)
        moved = anyone.post("/_mock/clock/advance", json={"by": by})
        assert moved.status_code in {200, 422}, moved.text
        lea = anyone.as_("lea")
        url = f"{CONTRATS}/{lea.id_of('k1')}/lecons"
        answers = [
            lea.post(url, json=lecon(dateHeureDebut="2199-12-31T22:00:00")),
            lea.get("/_mock/connexions"),
            lea.get("/_mock/etp?autoEcole=plesses&groupePermis=B&mois=2199-12"),
            lea.get("/_mock/etp?autoEcole=plesses&groupePermis=B&mois=1900-01"),
        ]
        answers += [
            lea.get(re.sub(r"\{[^}]+\}", lea.id_of("k1"), route.path))
            for route in api.ROUTES
            if route.method == "GET"
        ]
        assert [answer.text for answer in answers if answer.status_code >= 500] == []
        state = anyone.get("/_mock/state").text
        loaded = anyone.put("/_mock/scenario", content=state, headers=YAML)
        assert loaded.status_code == 200, loaded.text


@given(
    st.datetimes(
        min_value=paris.LAST_NOW.replace(tzinfo=None) - timedelta(days=800),
        max_value=paris.LAST_NOW.replace(tzinfo=None),
    ),
    st.sampled_from(
        [LATE, "invent: {autoEcoles: 1, candidats: 2, centres: 1, creneauxParJour: 2}"]
    ),
)
@example(paris.LAST_NOW.replace(tzinfo=None), LATE)
@example(paris.FIRST_INSTANT.replace(tzinfo=None), LATE)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_state_near_the_end_loads(now: object, more: str) -> None:
    at = f"{now}Z".replace(" ", "T")
    before = load_scenario(read_yaml(world_at(at, more=more)), name="test", now=instant(LAST))
    beyond = instant(LAST) + timedelta(hours=3)  # a clock that runs stops for nobody
    try:
        for shown in (instant(at), beyond):
            text = dump_scenario(before, now=shown, frozen=True)
            again = load_scenario(read_yaml(text), name="test", now=instant(LAST))
            assert dump_scenario(again, now=shown, frozen=True) == text
            again.close()
    finally:
        before.close()


def test_a_clock_that_runs_over_the_end_crashes_nothing() -> None:
    real = iter(timedelta(seconds=second) for second in range(100_000))
    begin = instant("2031-07-14T10:00:00Z")
    text = world_at(LAST, frozen=False)
    with running(text, real=lambda: begin + next(real)) as application:
        lea = Vendor(application).as_("lea")

        assert lea.get("/api/v2/auto-ecole/moi").status_code == 200
        state = lea.get("/_mock/state")
        loaded = lea.put("/_mock/scenario", content=state.text, headers=YAML)
        assert loaded.status_code == 200, loaded.text
