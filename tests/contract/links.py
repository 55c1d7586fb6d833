"""Links with the bodies of the requests to which they lead, as schemathesis reads them.

It takes whole bodies in `requestBody`, where other people's parsers take an expression alone.
"""

from typing import Any

import schemathesis
from schemathesis import HookContext

from rdv_mock.wire.operations import BODY_OF_LINK


@schemathesis.hook
def before_load_schema(_context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Let every link lead to the whole of the next request."""
    for item in raw_schema["paths"].values():
        for operation in item.values():
            for response in operation["responses"].values():
                for link in response.get("links", {}).values():
                    if BODY_OF_LINK in link:
                        link["requestBody"] = link.pop(BODY_OF_LINK)
