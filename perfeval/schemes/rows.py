"""A frozen scheme as rows: the one place that writes them. ``queries`` reads them back."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model

from perfeval.schemes import models
from perfeval.scoring.canonical import scheme_as_json
from perfeval.scoring.scheme import tree as frozen

_Row = TypeVar("_Row", bound=Model)

#: Parts of the canonical scheme that are kept whole in ``Scheme.layout``.
LAYOUT_PARTS = (
    "figure_columns",
    "figure_lines",
    "breakdowns",
    "rates",
    "goal_categories",
    "phrases",
    "total_caps",
    "slots",
    "equal_goals",
    "deviation_percent",
)
#: Levels of the tree, so that rows are deleted before what they stand below.
LEVELS = (1, 2, 3)


class SchemeNotStorable(Exception):
    """The rows cannot hold the scheme as it stands: a text is too long, a number too precise."""


@transaction.atomic
def write_rows(row: models.Scheme, scheme: frozen.Scheme) -> None:
    """Store ``scheme`` whole in ``row``, new or a draft, and in the rows below it.

    The number of queries does not grow with the scheme.
    Raises: SchemeNotStorable, and then nothing is changed.
    """
    data = scheme_as_json(scheme)
    row.code, row.version, row.name = scheme.code, scheme.version, scheme.name
    row.authority, row.year = scheme.authority, scheme.year
    row.source, row.unverified = scheme.source, scheme.unverified
    row.rounding_mode = scheme.rounding.mode.value
    row.rounding_digits = scheme.rounding.digits
    row.full_score = scheme.full_score
    row.report_title, row.annex_mark = scheme.report_title, scheme.annex_mark
    row.layout = {part: data[part] for part in LAYOUT_PARTS if part in data}
    _check(row)
    try:
        with transaction.atomic():
            if row.pk:
                delete_below(row)
            row.save()
            _write_indicators(row, scheme, _rules_by_code(data["indicators"]))
            _create(
                models.GradeBand(scheme=row, word=band.word, minimum=band.minimum)
                for band in scheme.grade_bands
            )
            _create(
                models.OutlineSection(
                    scheme=row,
                    code=section.code,
                    level=section.level,
                    position=position,
                    title=section.title,
                    content=list(section.content),
                    hint=section.hint,
                    is_required=section.is_required,
                    max_length=section.max_length,
                )
                for position, section in enumerate(scheme.outline, start=1)
            )
    except IntegrityError as error:
        raise SchemeNotStorable(f"{scheme.code}: {error}") from error


def delete_below(row: models.Scheme) -> None:
    """Delete the indicators, grade bands and sections of a draft."""
    for level in reversed(LEVELS):
        row.indicators.filter(level=level).delete()
    row.grade_bands.all().delete()
    row.outline_sections.all().delete()


def _write_indicators(row: models.Scheme, scheme: frozen.Scheme, rules: dict[str, Any]) -> None:
    """Store the tree, parents first; ``rules`` holds each node's rule as canonical JSON."""
    stored: dict[str, models.Indicator] = {}
    parents = {child.code: node.code for node in scheme.walk() for child in node.children}
    numbered = list(enumerate(scheme.walk(), start=1))
    for level in sorted({node.level for _position, node in numbered}):
        made = [
            models.Indicator(
                scheme=row,
                parent=stored.get(parents.get(node.code, "")),
                code=node.code,
                name=node.name,
                level=node.level,
                position=position,
                weight=node.weight,
                rule=rules[node.code],
                standard=node.standard,
                evidence=node.evidence,
                source=node.source,
                unverified=node.unverified,
                is_own=node.is_own,
                is_adjustment=node.is_adjustment,
                is_scored_group=node.is_scored_group,
                lists_all_items=node.lists_all_items,
            )
            for position, node in numbered
            if node.level == level
        ]
        for indicator in _create(made):
            stored[indicator.code] = indicator


def _create(made: Iterable[_Row]) -> Sequence[_Row]:
    """Store new rows of one kind in one go, if their columns can hold them."""
    rows = list(made)
    for row in rows:
        _check(row)
    return type(rows[0])._default_manager.bulk_create(rows) if rows else []  # noqa: SLF001 - public by Django's word


def _check(row: Model) -> None:
    """Hold ``row`` against its columns: SQLite cuts no text off, it takes any length.

    Raises: SchemeNotStorable.
    """
    meta = row._meta
    for field in meta.concrete_fields:
        try:
            field.run_validators(getattr(row, field.attname))
        except ValidationError as error:
            messages = " ".join(error.messages)
            raise SchemeNotStorable(f"{meta.model_name} {row}: {field.name}: {messages}") from error


def _rules_by_code(indicators: list[dict[str, Any]]) -> dict[str, Any]:
    """Return each indicator's rule as canonical JSON, by code, at any depth."""
    rules: dict[str, Any] = {}
    for node in indicators:
        rules[node["code"]] = node.get("rule")
        rules.update(_rules_by_code(node.get("children", [])))
    return rules
