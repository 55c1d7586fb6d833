"""How all of these applications are served: as rdv-mock is, but that nothing is logged."""

import uvicorn
from starlette.types import ASGIApp


def serve(application: ASGIApp, port: int) -> None:
    """Serve until told to stop."""
    uvicorn.run(
        application,
        port=port,
        http="httptools",
        log_level="critical",
        access_log=False,
        date_header=False,
        server_header=False,
        lifespan="off",
        ws="none",
        proxy_headers=False,
    )
