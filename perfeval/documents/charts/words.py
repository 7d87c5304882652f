"""The words of the charts: official Chinese in the report, the reader's language on pages."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_OFFICIAL_FILE = Path(__file__).parent.parent / "data" / "charts.toml"


@dataclass(frozen=True, slots=True)
class ChartWords:
    """Every word that a chart says beside the names of what it shows; ``{…}`` are filled in.

    ``told_…`` are the sentences of the description.
    """

    score_by_group: str
    points_lost: str
    budget_actual: str
    year_on_year: str
    points: str
    lost: str
    budget: str
    actual: str
    in_year: str
    total: str
    others: str
    of_points: str
    lost_of: str
    lost_only: str
    amount: str
    indicator: str
    weight: str
    rate: str
    deducted: str
    line: str
    spent_rate: str
    told_group: str
    told_lost: str
    told_budget: str
    told_years: str
    told_between: str
    told_end: str

    def told(self, sentences: Sequence[str]) -> str:
        """Return the sentences as one text."""
        return self.told_between.join(sentences) + self.told_end


@cache
def official_words() -> ChartWords:
    """Return the words of the official report."""
    return ChartWords(**tomllib.loads(_OFFICIAL_FILE.read_text(encoding="utf-8")))
