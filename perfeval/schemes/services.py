"""Taking a scheme into the database, and issuing it."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model

from perfeval.accounts.models import User
from perfeval.schemes import models
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring import scheme as frozen
from perfeval.scoring.canonical import content_hash, scheme_as_json
from perfeval.scoring.codec import FormatProblem
from perfeval.scoring.scheme_checks import check_scheme

#: Parts of the canonical scheme that are kept whole in ``Scheme.layout``.
LAYOUT_PARTS = (
    "figure_columns",
    "figure_lines",
    "breakdowns",
    "rates",
    "goal_categories",
    "phrases",
    "total_caps",
)


class SchemeExists(Exception):
    """This version of the scheme is in the database already."""


class SchemeNotStorable(Exception):
    """The rows cannot hold the scheme as it stands: a text is too long, a number too precise."""


class SchemeFrozen(Exception):
    """The scheme is issued or superseded and may not change."""


class SchemeNotClean(Exception):
    """A draft with faults may not be issued; ``findings`` holds all of them with their places."""

    def __init__(self, scheme: models.Scheme, findings: tuple[FormatProblem, ...]) -> None:
        """Keep the findings."""
        told = "; ".join(str(finding) for finding in findings)
        super().__init__(f"scheme {scheme.code} version {scheme.version}: {told}")
        self.findings = findings


@transaction.atomic
def load_scheme(*, scheme: frozen.Scheme, at: datetime) -> models.Scheme:
    """Store ``scheme``, which may have faults of meaning, as a draft and return its row.

    Raises: SchemeExists when this code and version are stored already; SchemeNotStorable when the
    rows would give back another scheme, and then nothing is stored.
    """
    if models.Scheme.objects.filter(code=scheme.code, version=scheme.version).exists():
        raise SchemeExists(f"scheme {scheme.code} version {scheme.version} is stored already")
    data = scheme_as_json(scheme)
    layout = {part: data[part] for part in LAYOUT_PARTS if part in data}
    row = models.Scheme(
        code=scheme.code,
        version=scheme.version,
        name=scheme.name,
        authority=scheme.authority,
        year=scheme.year,
        source=scheme.source,
        unverified=scheme.unverified,
        rounding_mode=scheme.rounding.mode.value,
        rounding_digits=scheme.rounding.digits,
        full_score=scheme.full_score,
        report_title=scheme.report_title,
        annex_mark=scheme.annex_mark,
        layout=layout,
        created_at=at,
    )
    try:
        _save(row)
        _store_indicators(row, scheme, _rules_by_code(data["indicators"]))
        _store_bands_and_outline(row, scheme)
    except IntegrityError as error:
        raise SchemeNotStorable(f"{scheme.code}: {error}") from error
    return row


@transaction.atomic
def issue_scheme(*, scheme: models.Scheme, by: User | None, at: datetime) -> models.Scheme:
    """Freeze a draft scheme: from now on its rows may not change and reports can be started on it.

    Raises: SchemeFrozen when it is not a draft; SchemeNotClean when its check finds anything.
    """
    row = models.Scheme.objects.select_for_update().get(pk=scheme.pk)
    if row.is_frozen:
        raise SchemeFrozen(f"scheme {row.code} version {row.version} is issued already")
    read = as_scoring_scheme(row)
    findings = check_scheme(read)
    if findings:
        raise SchemeNotClean(row, findings)
    row.content_hash = content_hash(read)
    row.state = models.SchemeState.ISSUED
    row.issued_at = at
    row.issued_by = by
    row.save()
    return row


def _store_indicators(row: models.Scheme, scheme: frozen.Scheme, rules: dict[str, Any]) -> None:
    """Store the tree, parents first; ``rules`` holds each node's rule as canonical JSON."""
    stored: dict[str, models.Indicator] = {}
    parents = {child.code: node.code for node in scheme.walk() for child in node.children}
    for position, node in enumerate(scheme.walk(), start=1):
        stored[node.code] = models.Indicator(
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
        _save(stored[node.code])


def _store_bands_and_outline(row: models.Scheme, scheme: frozen.Scheme) -> None:
    """Store the grade bands and the report's sections."""
    for band in scheme.grade_bands:
        _save(models.GradeBand(scheme=row, word=band.word, minimum=band.minimum))
    for position, section in enumerate(scheme.outline, start=1):
        _save(
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
        )


def _save(row: Model) -> None:
    """Save ``row`` if its columns can hold it: SQLite cuts no text off, it takes any length.

    Raises: SchemeNotStorable.
    """
    meta = row._meta
    for field in meta.concrete_fields:
        try:
            field.run_validators(getattr(row, field.attname))
        except ValidationError as error:
            told = " ".join(error.messages)
            raise SchemeNotStorable(f"{meta.model_name} {row}: {field.name}: {told}") from error
    row.save(force_insert=True)


def _rules_by_code(indicators: list[dict[str, Any]]) -> dict[str, Any]:
    """Return each indicator's rule as canonical JSON, by code, at any depth."""
    rules: dict[str, Any] = {}
    for node in indicators:
        rules[node["code"]] = node.get("rule")
        rules.update(_rules_by_code(node.get("children", [])))
    return rules
