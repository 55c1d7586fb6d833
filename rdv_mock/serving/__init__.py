"""Running the application under uvicorn: the HTTP edge, log form, loading, stopping."""

from rdv_mock.serving.running import (
    bad_scenario,
    new_server,
    run,
    shown_host,
    start_lines,
)

__all__ = ["bad_scenario", "new_server", "run", "shown_host", "start_lines"]
