"""What every benchmark is given: how much to measure, where to put files, which ports to take."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.calls import formateurs_request, lecon, token_of
from benchmarks.client import Sent, ask, request
from benchmarks.peers import PEERS, PRISM, Answers, Peer
from benchmarks.servers import Program, Server, rdv_mock, serving
from benchmarks.worlds import MOST_CONNECTIONS, Scenario, busy, write

CONNECTIONS = (1, MOST_CONNECTIONS)


@dataclass(frozen=True, slots=True)
class Night:
    """How large the world of a calculation night is: écoles, with 200 élèves each."""

    ecoles: int
    lecons_per_candidat: int

    @property
    def lecons(self) -> int:
        """All of them together, but for the few that find no free hour."""
        return self.ecoles * 200 * self.lecons_per_candidat


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured; rounds are those that count, after one that warms up.

    In a round servers take turns, so that all see the same of a noisy machine: `turns` of `calls`
    each, or of `peer_calls` for the other mocks, if any. `memory_calls`, with so many
    `logins` and `worlds`; `standstill`: candidats of the world on
    which calls work for long; `crowd`: those of the large world, `loads`: how often it is loaded;
    `peers`: the other mocks beside which we are measured.
    """

    rounds: int
    turns: int
    calls: int
    peer_calls: int
    memory_calls: int
    logins: int
    worlds: int
    standstill: int
    crowd: int
    loads: int
    nights: tuple[Night, ...]
    peers: tuple[Peer, ...]


@dataclass(frozen=True, slots=True)
class Bench:
    """One run: its size, a folder that ends with it, the first port to try, absent peers."""

    size: Size
    folder: Path
    first_port: int
    missing: Mapping[str, str]

    def rounds(self) -> Iterator[int]:
        """The number of each round; round 0 warms up."""
        yield from range(self.size.rounds + 1)

    def serve(self, program: Program) -> AbstractContextManager[Server]:
        """A server that is ready, until the end of the block."""
        return serving(program, self.first_port)

    def serve_world(self, scenario: Scenario, name: str) -> AbstractContextManager[Server]:
        """rdv-mock with a world of ours."""
        return self.serve(rdv_mock(write(scenario, self.folder, name)))

    def answers(self) -> Answers:
        """What rdv-mock answers, for others to answer the same."""
        with self.serve_world(busy(0), "answers") as server:
            token = token_of(server)
            document = self.folder / "openapi.json"
            document.write_bytes(ask(server.port, Sent(request("GET", "/openapi.json"))).body)
            return Answers(
                document,
                lecon=ask(server.port, lecon(token, 0)).body.decode(),
                formateurs=ask(server.port, Sent(formateurs_request(token))).body.decode(),
            )

    def peer_programs(self, answers: Answers) -> list[Program]:
        """The other mocks that can run here."""
        return [
            peer.program(answers, self.folder)
            for peer in self.size.peers
            if peer.name not in self.missing
        ]


FULL = Size(
    rounds=5,
    turns=6,
    calls=160,
    peer_calls=48,
    memory_calls=300_000,
    logins=10_000,
    worlds=5_000,
    standstill=20_000,
    crowd=60_000,
    loads=3,
    nights=(Night(3, 17), Night(30, 17), Night(300, 17)),
    peers=PEERS,
)
SHORT = Size(
    rounds=2,
    turns=2,
    calls=160,
    peer_calls=0,
    memory_calls=4_000,
    logins=100,
    worlds=100,
    standstill=2_000,
    crowd=12_000,
    loads=1,
    nights=(Night(3, 17), Night(9, 17)),
    peers=(PRISM,),
)
"""A minute or so: the goals' figures from fewer calls; of the other mocks only Prism's start."""
