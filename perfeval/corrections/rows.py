"""All rows of some reports, read with a constant number of queries, and their fingerprint."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model

from perfeval.evidence.models import EvidenceFile
from perfeval.reports import models as filled
from perfeval.reports.figures import figures_from
from perfeval.review.models import Comment
from perfeval.scoring.figures import Figures
from perfeval.scoring.scheme.tree import Scheme

#: Everything that stands on a report and may change while it is filled in or reviewed. Scores,
#: snapshots, moves and publications are records: they follow from these and never change.
PARTS: tuple[Any, ...] = (
    filled.Answer,
    filled.FigureEntry,
    filled.Goal,
    filled.KeyTask,
    filled.Narrative,
    filled.OwnIndicator,
    EvidenceFile,
    Comment,
)
_ORDERED = (filled.Goal, filled.KeyTask, filled.OwnIndicator)


@dataclass(frozen=True, slots=True)
class ReportRows:
    """One report with the rows of each of its parts."""

    report: filled.Report
    parts: Mapping[type[Model], list[Any]]

    def figures(self, scheme: Scheme, codes: Mapping[int, str]) -> Figures:
        """Return what is filled in, as the engine reads it; ``codes``: indicator codes by key."""
        return figures_from(
            scheme,
            entries=self.parts[filled.FigureEntry],
            goals=self.parts[filled.Goal],
            key_tasks=self.parts[filled.KeyTask],
            answers=(
                (codes[row.indicator_id], row)
                for row in self.parts[filled.Answer]
                if row.indicator_id in codes
            ),
            own_rows=self.parts[filled.OwnIndicator],
        )

    def narratives(self) -> dict[str, str]:
        """Return the prose by section, empty ones left out."""
        return {row.section: row.text for row in self.parts[filled.Narrative] if row.text}

    def fingerprint(self) -> str:
        """Return the sha256 of every value in every row; any change of any of them changes it."""
        held = [_values(self.report)]
        held += [_values(row) for model in PARTS for row in self.parts[model]]
        return hashlib.sha256(repr(held).encode()).hexdigest()


def rows_of(reports: Sequence[filled.Report]) -> dict[int, ReportRows]:
    """Return the rows of ``reports`` by report, with one query for each kind of part."""
    found = {report.pk: ReportRows(report, {model: [] for model in PARTS}) for report in reports}
    for model in PARTS:
        order = ("position",) if model in _ORDERED else ("pk",)
        rows = model.objects.filter(report__in=list(found)).order_by("report_id", *order)
        for row in rows:
            found[row.report_id].parts[model].append(row)
    return found


def as_json(row: Model, names: Iterable[str] = ()) -> dict[str, Any]:
    """Return the columns of a row as JSON, all of them where none is named."""
    wanted = list(names) or [field.attname for field in row._meta.concrete_fields]
    return {name: _json(getattr(row, name)) for name in wanted}


def from_json(model: type[Model], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that ``as_json`` wrote as the values that the model takes."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in data.items()}


def _values(row: Model) -> list[Any]:
    return [row._meta.label_lower, *(getattr(row, f.attname) for f in row._meta.concrete_fields)]


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, datetime) else value
