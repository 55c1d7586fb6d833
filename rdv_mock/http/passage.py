"""What the layers of the server tell each other about one call."""

from asyncio import Transport
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.types import Scope

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.http.answers import Answer
from rdv_mock.http.server import Server
from rdv_mock.worlds.callers import Caller
from rdv_mock.worlds.incidents import Armed
from rdv_mock.worlds.world import World

TRANSPORT_KEY = "rdv_mock.transport"
"""Where the protocol leaves the transport of a call, for `Surface` to find."""
PASSAGE_KEY = "rdv_mock.passage"
"""Where a scope holds the passage of its call."""

Translate = Callable[[Answer], Answer]


@dataclass(slots=True)
class Passage:
    """One call on its way through the server: what `Surface` knows, then what others find out.

    `found`: the world that the path names, if there is one;
    `prefix`: `/w/{world}`, or nothing at the root;
    `path`: the path as the client wrote it, without the prefix;
    `realm`: where the realm is in the style of this path, with or without `/auth`;
    `operation`: our name of the operation that serves the call;
    `caller`: who was authenticated;
    `struck_by`: the incident that strikes the call;
    `code`: the code of the refusal that the call comes to;
    `refusal`: what to answer with where the layers inside have failed;
    `translate`: how an overlay changes the answer.
    """

    server: Server
    found: World | None
    prefix: str
    path: str
    realm: str
    transport: Transport | None = None
    operation: str | None = None
    caller: Caller | None = None
    struck_by: Armed | None = None
    code: str | None = None
    refusal: Refusal | None = None
    translate: Translate | None = None

    @property
    def world(self) -> World:
        """The world that the path names. Raises MONDE_INCONNU when there is none."""
        if self.found is None:
            raise Refusal(ApiError.MONDE_INCONNU)
        return self.found

    @property
    def shown_prefix(self) -> str:
        """What a browser writes before our paths: the path of `--public-url`, then the world."""
        return self.server.settings.public_path + self.prefix

    @property
    def omitted(self) -> Sequence[str]:
        """The fields that an incident will leave out of the answer."""
        return () if self.struck_by is None else self.struck_by.incident.omit

    def take_translate(self) -> Translate | None:
        """What translates the answer, once: the first who asks has to do it."""
        translate, self.translate = self.translate, None
        return translate


def passage_of(scope: Scope) -> Passage:
    """What is known of the call with this scope, inside of `Surface`."""
    passage: Passage = scope[PASSAGE_KEY]
    return passage
