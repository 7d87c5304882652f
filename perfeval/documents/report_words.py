"""The words of one report: the scheme's phrases with its figures in them; where it has none, ``data/wording.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from perfeval.documents.document import Align, TableColumn
from perfeval.scoring.scheme import phrases
from perfeval.scoring.scheme.tree import Scheme
from perfeval.snapshots.snapshot import Snapshot

_WORDING_FILE = Path(__file__).parent / "data" / "wording.toml"
SEPARATOR = "|"


@lru_cache(maxsize=1)
def default_wording() -> Mapping[str, str]:
    """Return the words of reports whose schemes have none of their own, by their code."""
    return tomllib.loads(_WORDING_FILE.read_text(encoding="utf-8"))


@dataclass
class ReportWords:
    """What a report says, by code, filled with its values."""

    snapshot: Snapshot
    scheme: Scheme

    @cached_property
    def values(self) -> dict[str, str]:
        """Return the text of every placeholder that concerns the whole report.

        A total of what happens to be scored so far is no result: an unfinished report has none.
        """
        values = phrases.report_values(
            self.scheme,
            self.snapshot.figures,
            self.snapshot.result,
            department=self.snapshot.department_name,
            short_name=self.snapshot.department_short_name,
        )
        figures = self.snapshot.figures
        unknown = {
            "score.": not self.snapshot.result.is_complete,
            "count.goal": not figures.goals,
            "count.key_tasks": not figures.key_tasks,
        }
        for start in (start for start, is_unknown in unknown.items() if is_unknown):
            kept = ("score.full",)
            values = {
                name: text
                for name, text in values.items()
                if name in kept or not name.startswith(start)
            }
        return values

    def word(self, code: str) -> str:
        """Return a phrase of the scheme, or of the default wording, filled."""
        template = self.scheme.phrases.get(code) or default_wording()[code]
        return self.mark_gaps(phrases.fill(template, self.values))

    def mark_gaps(self, text: str) -> str:
        """Return ``text`` with every value that is not there yet as a visible gap."""
        return text.replace(phrases.BLANK, default_wording()["pending"])

    def columns(self, code: str, widths: tuple[tuple[int, str], ...]) -> tuple[TableColumn, ...]:
        """Return columns with the wording's headings."""
        headings = self.word(code).split(SEPARATOR)
        return tuple(
            TableColumn(heading, width, Align(align))
            for heading, (width, align) in zip(headings, widths, strict=True)
        )
