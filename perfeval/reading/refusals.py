"""Why a file is not read: codes, for which ``words`` has the sentences."""

#: Why a report is refused; ``words.reading`` has the sentences.
REASONS = (
    "scan",
    "encrypted",
    "broken",
    "kind",
    "old-format",
    "empty",
    "not-a-report",
    "missing",
    "too-large",
    "too-much-work",
    "busy",
)


class ReportUnreadable(Exception):
    """A report that cannot be checked; ``reason`` is one of ``REASONS``."""

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.reason = reason


class ArchiveUnreadable(Exception):
    """A ZIP that cannot be opened; ``reason``: ``broken``, ``too-much-work``, ``busy``."""

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.reason = reason


class WorkbookRefused(Exception):
    """A workbook that is not taken; ``code`` and ``parameters`` name the reason."""

    def __init__(self, code: str, **parameters: str) -> None:
        """Keep the reason."""
        super().__init__(code)
        self.code = code
        self.parameters = parameters


class ReadingBusy(Exception):
    """Others have their files read; nothing was said of this one."""
