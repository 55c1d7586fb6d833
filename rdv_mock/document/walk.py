"""The one way to change a document throughout."""

from collections.abc import Callable
from typing import Any

Change = Callable[[dict[str, Any]], dict[str, Any]]


def walk(node: Any, change: Change) -> Any:  # noqa: ANN401 - JSON
    """A copy of some JSON in which each object is changed, the inner ones first."""
    if isinstance(node, dict):
        return change({key: walk(value, change) for key, value in node.items()})
    return [walk(item, change) for item in node] if isinstance(node, list) else node
