"""How many calls of a world came within the present window of a rate limit."""

from datetime import datetime

from rdv_mock.rules.rate_limit import Bucket, Window


class RateCounter:
    """Calls by owner and kind, in memory: a restart forgets them."""

    def __init__(self) -> None:
        self._calls: dict[tuple[str, bool], tuple[datetime, int]] = {}

    def count(self, bucket: Bucket, window: Window) -> int:
        """Count one more call; return how many came before it in its window."""
        key = (bucket.owner_id, bucket.crenodispo)
        begin, count = self._calls.get(key, (window.begin, 0))
        before = count if begin == window.begin else 0
        self._calls[key] = (window.begin, before + 1)
        return before

    def clear(self) -> None:
        """Forget all calls."""
        self._calls.clear()
