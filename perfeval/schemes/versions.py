"""The versions of a scheme: the next one starts as a copy of an issued one and follows it.

A version is a draft, then issued (frozen and hashed), then superseded by the next one's issue, which
``services.issue_scheme`` does in the same transaction. A superseded version goes on scoring the
reports that stand on it until a correction moves them.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from perfeval.accounts.models import User
from perfeval.schemes import models
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.schemes.services import SchemeFrozen, load_scheme
from perfeval.scoring.codec import FormatError
from perfeval.scoring.scheme import tree as frozen
from perfeval.scoring.scheme.tree import EqualGoals
from perfeval.scoring.versions.mapping import composed, full_mapping, mapping_problems


class VersionRefused(Exception):
    """A new version cannot be started: from a draft, or while another draft of it is open."""

    def __init__(self, scheme: models.Scheme, draft: models.Scheme) -> None:
        """Keep the draft that stands in the way."""
        super().__init__(f"{scheme.code} version {draft.version} is still a draft")
        self.draft = draft


class MappingRefused(FormatError):
    """A mapping that cannot be; ``problems`` says what is wrong with which indicator."""


@transaction.atomic
def start_version(*, scheme: models.Scheme, by: User | None, at: datetime) -> models.Scheme:
    """Start the next version of an issued scheme as a draft that says the same, and return it.

    Raises: VersionRefused when ``scheme`` is a draft itself or a draft of its code is open.
    """
    versions = list(models.Scheme.objects.select_for_update().filter(code=scheme.code))
    draft = next((row for row in versions if not row.is_frozen), None)
    if draft is not None:
        raise VersionRefused(scheme, draft)
    last = max(row.version for row in versions)
    # An issued version without the word means exact; the next one writes its own out.
    copy = replace(as_scoring_scheme(scheme), version=last + 1)
    if copy.equal_goals is EqualGoals.UNSAID:
        copy = replace(copy, equal_goals=EqualGoals.PROPORTIONAL)
    row = load_scheme(scheme=copy, at=at)
    models.Succession.objects.create(scheme=row, previous=scheme, started_at=at, started_by=by)
    return row


@transaction.atomic
def discard_draft(*, scheme: models.Scheme) -> None:
    """Delete a draft with all its rows. Raises: SchemeFrozen when it was ever issued."""
    row = models.Scheme.objects.select_for_update().get(pk=scheme.pk)
    if row.is_frozen:
        raise SchemeFrozen(f"scheme {row.code} version {row.version} is issued and stays")
    models.Succession.objects.filter(scheme=row).delete()
    for level in (3, 2, 1):
        row.indicators.filter(level=level).delete()
    row.grade_bands.all().delete()
    row.outline_sections.all().delete()
    row.delete()


@transaction.atomic
def save_mapping(
    *,
    scheme: models.Scheme,
    mapping: Mapping[str, str],
    by: User | None,
    at: datetime,
) -> models.Succession:
    """Store where the indicators of the version before ``scheme`` went (see ``scoring.mapping``).

    A correction keeps the mapping that it was computed with, so a later change touches none.
    Raises: MappingRefused; models.Succession.DoesNotExist when ``scheme`` follows no version.
    """
    row = models.Succession.objects.select_for_update(of=("self",)).get(scheme=scheme)
    old, new = as_scoring_scheme(row.previous), as_scoring_scheme(row.scheme)
    kept = {code: target for code, target in mapping.items() if target != code}
    problems = mapping_problems(old, new, kept)
    if problems:
        raise MappingRefused(problems)
    row.mapping, row.mapped_at, row.mapped_by = kept, at, by
    row.save(update_fields=["mapping", "mapped_at", "mapped_by"])
    return row


def versions_of(code: str) -> QuerySet[models.Scheme]:
    """Return every version of a scheme, drafts included, newest first, with what it follows."""
    return (
        models.Scheme.objects.filter(code=code)
        .select_related("issued_by", "succession__previous", "succession__started_by")
        .order_by("-version")
    )


def mapping_between(old: models.Scheme, new: models.Scheme) -> dict[str, str]:
    """Return the full mapping from ``old`` to ``new``, over all versions between them.

    Where ``new`` does not follow ``old``, every code means itself.
    """
    steps: list[models.Succession] = []
    current = new
    while current.pk != old.pk:
        step = (
            models.Succession.objects.filter(scheme=current)
            .select_related("previous", "scheme")
            .first()
        )
        if step is None:
            return full_mapping(as_scoring_scheme(old), as_scoring_scheme(new), {})
        steps.append(step)
        current = step.previous
    mapping = {node.code: node.code for node in as_scoring_scheme(old).walk()}
    for step in reversed(steps):
        mapping = composed(mapping, _mapping_of(step))
    return mapping


def _mapping_of(step: models.Succession) -> dict[str, str]:
    old: frozen.Scheme = as_scoring_scheme(step.previous)
    return full_mapping(old, as_scoring_scheme(step.scheme), step.mapping)
