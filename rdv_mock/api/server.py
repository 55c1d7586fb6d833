"""What all calls share: the settings, the worlds, the signing key."""

from dataclasses import dataclass, field

from rdv_mock.api.signer import Signer
from rdv_mock.clock import Now, real_now
from rdv_mock.settings import Settings
from rdv_mock.world import World


@dataclass(slots=True)
class Server:
    """One running process. It has no world until its scenario is loaded."""

    settings: Settings
    real: Now = real_now
    worlds: dict[str, World] = field(default_factory=dict)
    signer: Signer = field(default_factory=Signer)

    def close(self) -> None:
        """Give the memory of all worlds back."""
        for world in self.worlds.values():
            world.close()
        self.worlds.clear()
