"""Read, set and advance the clock of a world, in JSON."""

from rdv_mock.errors import ApiError
from rdv_mock.http.aside import aside
from rdv_mock.http.call import Call
from rdv_mock.http.routers import control_router
from rdv_mock.http.traits import refuses
from rdv_mock.steering import clock
from rdv_mock.steering.clock import Elapsed, Reading
from rdv_mock.wire.clock import Advance, Advanced, ClockOnWire, ClockSetting, EventOnWire

router = control_router("Plan de contrôle")


@router.get(
    "/clock",
    summary="Lire l'horloge du monde",
    description="L'heure du monde, en UTC, et si elle est arrêtée.",
)
async def get_clock(call: Call) -> ClockOnWire:
    """Read the clock."""
    return _clock_on_wire(await clock.read_clock(call.world))


@router.put(
    "/clock",
    summary="Régler l'horloge du monde : en avant seulement",
    description="Mettre l'heure en avant, c'est avancer : tout ce qui échoit arrive, dans"
    " l'ordre. `frozen` arrête l'horloge ou la laisse courir.",
)
@refuses(ApiError.HORLOGE_EN_ARRIERE)
async def put_clock(setting: ClockSetting, call: Call) -> ClockOnWire:
    """Set the clock forward, or stop it, or let it run."""
    read = await clock.set_clock(call.world, to=setting.now, frozen=setting.frozen)
    return _clock_on_wire(read)


def _clock_on_wire(read: Reading) -> ClockOnWire:
    return ClockOnWire(now=read.now, now_paris=read.now, frozen=read.frozen)


@router.post(
    "/clock/advance",
    summary="Faire avancer l'horloge du monde",
    description="De `by`, une durée ISO 8601 en semaines, jours, heures, minutes et secondes, ou"
    " jusqu'à `to` ; dix ans au plus. Tout ce qui échoit est arrivé, dans l'ordre, avant la"
    " réponse, qui donne les mille premiers événements.",
)
@refuses(ApiError.HORLOGE_EN_ARRIERE)
async def advance_clock(advance: Advance, call: Call) -> Advanced:
    """Let time pass; everything due happens before the answer."""
    passage = await clock.advance(call.world, by=advance.by, to=advance.to)
    return await aside(_advanced, passage)


def _advanced(passage: Elapsed) -> Advanced:
    return Advanced(
        now=passage.now,
        now_paris=passage.now,
        total=passage.total,
        events=[
            EventOnWire(at=event.at, at_paris=event.at, type=event.type, **event.subject)
            for event in passage.events
        ],
    )
