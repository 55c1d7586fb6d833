"""The start of the command line, as `rdv-mock` and as `python -m rdv_mock`."""

import signal
import sys
from types import FrameType


def main() -> None:
    """Run the command line."""
    # The kernel keeps an unhandled SIGTERM from process 1 of a container; imports take a while.
    signal.signal(signal.SIGTERM, _stop)
    from rdv_mock.memory import quiet_start  # noqa: PLC0415 - see above

    with quiet_start():
        from rdv_mock.cli import app  # noqa: PLC0415 - see above
    app()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
