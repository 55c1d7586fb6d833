"""Which route serves a call: the path decides first, then the method.

See docs/contract/conventions.md#addresses.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from typing import NamedTuple

from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.hints import meant, nearest
from rdv_mock.http.refusals import send_refusal

CONTROL = "/_mock/"
_ID = re.compile(r"\{.+?\}")


class Address(NamedTuple):
    """One path with ids in it, and the application that serves each method."""

    pattern: re.Pattern[str]
    methods: Mapping[str, ASGIApp]


class Dispatch:
    """Finds the one address that a path names; a literal segment wins over an id.

    So `recherche` is never taken for an id, whatever the method. Paths in `unknown` are not either.
    """

    def __init__(self, routes: Iterable[BaseRoute], *, unknown: Collection[str] = ()) -> None:
        literal: dict[str, dict[str, ASGIApp]] = {}
        self._unknown = unknown
        patterns: dict[str, Address] = {}
        for route in routes:
            if not isinstance(route, Route):
                raise TypeError(f"{route} has neither path nor methods")
            served = dict.fromkeys(route.methods or (), route.app)
            if route.param_convertors:
                known = patterns.setdefault(route.path, Address(route.path_regex, {}))
                patterns[route.path] = known._replace(methods={**known.methods, **served})
            else:
                literal.setdefault(route.path, {}).update(served)
        self._literal = literal
        alike: dict[str, list[Address]] = defaultdict(list)
        for path, address in patterns.items():
            alike[_ID.sub("{}", path)].append(address)
        self._patterns: dict[int, list[tuple[str, list[Address]]]] = defaultdict(list)
        for path, addresses in alike.items():
            beginning = path.partition("{")[0]
            self._patterns[path.count("/")].append((beginning, addresses))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a call to its route; RESSOURCE_INCONNUE or METHODE_NON_AUTORISEE without one."""
        path = scope["path"].removeprefix(scope["root_path"])
        methods: Mapping[str, ASGIApp] | None = self._literal.get(path)
        if methods is None and path not in self._unknown:
            methods = self._match(path, scope)
        if methods is None:
            refusal = Refusal(ApiError.RESSOURCE_INCONNUE, hint=self._hint_at(path))
            await send_refusal(refusal, scope, receive, send)
        elif scope["method"] not in methods:
            allow = {"Allow": ", ".join(sorted(methods))}
            refusal = Refusal(ApiError.METHODE_NON_AUTORISEE)
            await send_refusal(refusal, scope, receive, send, allow)
        else:
            await methods[scope["method"]](scope, receive, send)

    def _hint_at(self, path: str) -> str:
        """The address of the control plane that was probably meant; nothing for other paths."""
        if not path.startswith(CONTROL):
            return ""
        known = {one.removeprefix(CONTROL): one for one in self._literal if one.startswith(CONTROL)}
        near = nearest(path.removeprefix(CONTROL), known)
        return meant(known[near]) if near else ""

    def _match(self, path: str, scope: Scope) -> Mapping[str, ASGIApp] | None:
        for beginning, addresses in self._patterns.get(path.count("/"), ()):
            if not path.startswith(beginning) or addresses[0].pattern.fullmatch(path) is None:
                continue
            for pattern, methods in addresses:  # several, if they name an id differently
                if scope["method"] in methods and (found := pattern.fullmatch(path)) is not None:
                    scope["path_params"] = found.groupdict()
                    return methods
            return dict(chain.from_iterable(one.methods.items() for one in addresses))
        return None
