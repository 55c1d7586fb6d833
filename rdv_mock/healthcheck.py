"""What the image's HEALTHCHECK runs: standard library only, done within 100 ms."""

import http.client
import os
import sys

TIMEOUT_SECONDS = 2


def main() -> int:
    """0 when the server on this machine is ready, else 1."""
    port = int(os.environ.get("RDV_MOCK_PORT", "8080"))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/_mock/ready")
        return 0 if connection.getresponse().status == http.client.OK else 1
    except OSError:
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
