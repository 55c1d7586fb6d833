"""Where operations are declared: a router of each kind for the paths that begin alike."""

from collections.abc import Callable, Collection, Sequence
from typing import Generic, TypeVar

from typing_extensions import Unpack

from rdv_mock.http.operation import ApiOperation, ControlOperation, Operation, Options
from rdv_mock.http.traits import Endpoint

CONTROL = "/_mock"

Kind = TypeVar("Kind", bound=Operation)


class Router(Generic[Kind]):
    """Operations of one kind under one prefix, declared with FastAPI's words."""

    def __init__(self, kind: type[Kind], prefix: str, tags: Sequence[str] = ()) -> None:
        self.routes: list[Kind] = []
        self._kind = kind
        self._prefix = prefix
        self._tags = tags

    def get(self, path: str, **options: Unpack[Options]) -> Callable[[Endpoint], Endpoint]:
        """Declare a `GET`."""
        return self.declare(["GET"], path, **options)

    def post(self, path: str, **options: Unpack[Options]) -> Callable[[Endpoint], Endpoint]:
        """Declare a `POST`."""
        return self.declare(["POST"], path, **options)

    def put(self, path: str, **options: Unpack[Options]) -> Callable[[Endpoint], Endpoint]:
        """Declare a `PUT`."""
        return self.declare(["PUT"], path, **options)

    def patch(self, path: str, **options: Unpack[Options]) -> Callable[[Endpoint], Endpoint]:
        """Declare a `PATCH`."""
        return self.declare(["PATCH"], path, **options)

    def delete(self, path: str, **options: Unpack[Options]) -> Callable[[Endpoint], Endpoint]:
        """Declare a `DELETE`."""
        return self.declare(["DELETE"], path, **options)

    def declare(
        self, methods: Collection[str], path: str, **options: Unpack[Options]
    ) -> Callable[[Endpoint], Endpoint]:
        """Declare an operation that answers each of some methods."""
        options["tags"] = [*self._tags, *options.get("tags", ())]

        def add(endpoint: Endpoint) -> Endpoint:
            self.routes.append(self._kind(self._prefix + path, endpoint, methods, **options))
            return endpoint

        return add


def vendor_router(prefix: str, *tags: str) -> Router[ApiOperation]:
    """A router of the simulated APIs: its calls carry a token."""
    return Router(ApiOperation, prefix, tags)


def control_router(*tags: str) -> Router[ControlOperation]:
    """A router of the control plane."""
    return Router(ControlOperation, CONTROL, tags)
