"""The snapshots of a world: states kept under a name, each with the time of its world."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.hints import suggestion
from rdv_mock.store.folder import InFile, SavedState, WorldFolder
from rdv_mock.worlds.saved import SavedSnapshot


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state, and the clock of its world when it was kept."""

    state: SavedState
    now: datetime
    frozen: bool


class Snapshots(dict[str, Snapshot]):
    """The snapshots of a world by name, in the order in which they were kept."""

    @classmethod
    def restore(cls, saved: Iterable[SavedSnapshot], folder: WorldFolder) -> "Snapshots":
        """The snapshots that a folder holds. Raises BadFolder when one cannot be read."""
        return cls(
            (one.name, Snapshot(folder.saved(one.file), one.now, one.frozen)) for one in saved
        )

    def saved(self) -> tuple[SavedSnapshot, ...]:
        """What is written of the snapshots that have a file."""
        return tuple(
            SavedSnapshot(name, one.state.path.name, one.now, one.frozen)
            for name, one in self.items()
            if isinstance(one.state, InFile)
        )

    def find(self, name: str) -> Snapshot:
        """The snapshot with this name. Raises INSTANTANE_INCONNU."""
        snapshot = self.get(name)
        if snapshot is None:
            raise Refusal(ApiError.INSTANTANE_INCONNU, hint=suggestion(name, self))
        return snapshot

    def close(self) -> None:
        """Give the memory of all snapshots back."""
        for snapshot in self.values():
            snapshot.state.close()
