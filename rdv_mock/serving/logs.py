"""The lines of the log, for people or for programs."""

import json
import logging
from datetime import UTC, datetime

from typing_extensions import override

from rdv_mock.settings import Settings

log = logging.getLogger("rdv_mock")


def on_one_line(text: str) -> str:
    """A text without the characters that end a line or control a terminal, such as U+2028."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


class ConsoleLines(logging.Formatter):
    """The message alone, on one line: no caller can add a line by what he asks for."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        """The line of a record, and the trace of a fault."""
        shown = on_one_line(record.getMessage())
        if not record.exc_info:
            return shown
        trace = self.formatException(record.exc_info).split("\n")
        return "\n".join([shown, *map(on_one_line, trace)])


class JsonLines(logging.Formatter):
    """One JSON object on each line."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if hasattr(record, "milliseconds"):
            line["milliseconds"] = record.milliseconds
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        written = json.dumps(line, ensure_ascii=False)
        return written if written.isprintable() else json.dumps(line)


def configure_logs(settings: Settings) -> None:
    """Log to standard error, in the form that the settings ask for."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if settings.log_format == "json" else ConsoleLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    # No line tells these, and finding the source file is a fifth of the price of a line
    # ("Optimization" in Python's logging guide).
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None  # noqa: SLF001 - the guide's way
    log.setLevel(logging.INFO)
