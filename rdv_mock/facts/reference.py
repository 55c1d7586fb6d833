"""The short name that a scenario gives to an object."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """`ref` is unique in a world, whatever the kind of what it names."""

    id: str
    kind: str
    target_id: str

    @property
    def ref(self) -> str:
        """The short name itself."""
        return self.id
