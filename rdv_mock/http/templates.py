"""Pages are templates in files, beside the code that fills them."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


def render(package: str, name: str, **values: object) -> str:
    """The template `name` of `<package>/templates`, filled in; all values are escaped in HTML."""
    return _templates_of(package).get_template(name).render(values)


@cache
def _templates_of(package: str) -> "Environment":
    from jinja2 import (  # noqa: PLC0415 - a server without visitors needs no pages
        Environment,
        PackageLoader,
        StrictUndefined,
        select_autoescape,
    )

    return Environment(
        loader=PackageLoader(package),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
