"""What our document says in a form that others read, as schemathesis reads it.

Of links it takes whole bodies in `requestBody`, where other people's parsers take an expression
alone. Where no body is needed `null` is none: to say so in the schema would have generated Python
clients send a body that is no JSON.
"""

from typing import Any

import schemathesis
from schemathesis import HookContext

from rdv_mock.wire.operations import BODY_OF_LINK


@schemathesis.hook
def before_load_schema(_context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Let every link lead to the whole of the next request, and `null` be no body."""
    for item in raw_schema["paths"].values():
        for operation in item.values():
            body = operation.get("requestBody", {"required": True})
            if not body.get("required"):
                for content in body["content"].values():
                    content["schema"] = {"anyOf": [content["schema"], {"type": "null"}]}
            for response in operation["responses"].values():
                for link in response.get("links", {}).values():
                    if BODY_OF_LINK in link:
                        link["requestBody"] = link.pop(BODY_OF_LINK)
