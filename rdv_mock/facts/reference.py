"""By what an object is named: its id, or the short name that a scenario gives it."""

import re
from dataclasses import dataclass
from typing import Final

UUID_PATTERN: Final = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_IS_UUID: Final = re.compile(UUID_PATTERN, re.ASCII).fullmatch


def canonical(id_: str) -> str:
    """An id as it is kept: a UUID is the same in upper case (RFC 9562, 4), any other id is not."""
    return id_.lower() if _IS_UUID(id_) else id_


@dataclass(frozen=True, slots=True)
class Reference:
    """A ref of a scenario, unique in its world across all kinds, and the id that it names."""

    id: str
    kind: str
    target_id: str

    @property
    def ref(self) -> str:
        """The short name itself."""
        return self.id
