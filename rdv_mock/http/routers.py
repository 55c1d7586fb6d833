"""Where operations are declared: a router of each kind for the paths that begin alike."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Generic, TypeVar

from typing_extensions import Unpack

from rdv_mock.http.operation import ApiOperation, ControlOperation, Operation, Options
from rdv_mock.http.traits import Endpoint

CONTROL = "/_mock"

Kind_co = TypeVar("Kind_co", bound=Operation, covariant=True)


class Router(Generic[Kind_co]):
    """Operations of one kind under one prefix, declared with FastAPI's words."""

    def __init__(self, kind: type[Kind_co], prefix: str, tags: Sequence[str] = ()) -> None:
        self.routes: list[Kind_co] = []
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


def listed(
    page: Mapping[str, Callable[..., Any]], prefix: str, *routers: Router[Kind_co]
) -> list[Kind_co]:
    """Take the routes of routers in the order of a page.

    Raises LookupError where the page does not name all of them as they are.
    """
    routes = [one for router in routers for one in router.routes]
    found = {f"{route.method:<6} {route.path.removeprefix(prefix)}": route for route in routes}
    told = {address: route.endpoint for address, route in found.items()}
    if told != page:
        wrong = sorted(dict(told.items() ^ page.items()))
        raise LookupError(f"not on the page of the operations, or not as they are: {wrong}")
    return [found[address] for address in page]
