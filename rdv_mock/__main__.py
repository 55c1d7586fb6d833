"""`python -m rdv_mock` is the command line."""

import signal
import sys
from types import FrameType


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


# The kernel keeps an unhandled SIGTERM from process 1 of a container, and the imports take a while.
signal.signal(signal.SIGTERM, _stop)

from rdv_mock.cli import main  # noqa: E402 - see above

main()
