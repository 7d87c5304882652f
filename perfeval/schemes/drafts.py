"""Changing a draft: each change is made on what is stored, one part at a time, and stored whole.

A part is named ``head``, ``tree``, ``indicator:<code>``, ``grades``, ``outline`` or ``layout``. As in
a report, its version is a hash of what is stored in it, so that a stale form is found.
"""

import hashlib
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime

from django.db import transaction

from perfeval.schemes import models
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.schemes.rows import write_rows
from perfeval.schemes.services import SchemeFrozen, load_scheme
from perfeval.scoring.canonical import canonical_text
from perfeval.scoring.codec import encode
from perfeval.scoring.scheme import tree as frozen

HEAD, TREE, GRADES, OUTLINE, LAYOUT = "head", "tree", "grades", "outline", "layout"
#: Fields of a scheme by the part that holds them; ``layout`` holds all others but the tree.
_FIELDS: dict[str, tuple[str, ...]] = {
    HEAD: (
        "code", "version", "name", "authority", "year", "source", "unverified", "report_title",
        "annex_mark", "full_score", "rounding",
    ),
    GRADES: ("grade_bands", "total_caps"),
    OUTLINE: ("outline",),
}  # fmt: skip
_NAMED = {"indicators", *(name for names in _FIELDS.values() for name in names)}
LAYOUT_FIELDS = tuple(spec.name for spec in fields(frozen.Scheme) if spec.name not in _NAMED)


class DraftChanged(Exception):
    """Somebody changed this part of the draft after the form was loaded. ``stored`` is it now."""

    def __init__(self, part: str, stored: frozen.Scheme) -> None:
        """Keep which part it is and the draft as it is stored now."""
        super().__init__(f"{part} was changed by somebody else since this form was loaded")
        self.part = part
        self.stored = stored


def indicator_part(code: str) -> str:
    """Return the name of the part that holds one indicator, what lies below it left out."""
    return f"indicator:{code}"


def draft_version(scheme: frozen.Scheme, part: str) -> str:
    """Return a token of what ``part`` holds; it changes when, and only when, that changes.

    Raises: KeyError when the indicator is gone.
    """
    kind, _colon, code = part.partition(":")
    if kind == "indicator":
        node = scheme.indicator(code)
        held: object = [
            getattr(node, spec.name) for spec in fields(node) if spec.name != "children"
        ]
    elif kind == TREE:
        held = [(node.level, node.code, node.name, node.weight) for node in scheme.walk()]
    else:
        held = [getattr(scheme, name) for name in _FIELDS.get(kind, LAYOUT_FIELDS)]
    # Canonical: a database may give a table of codes back in another order.
    return hashlib.sha256(canonical_text(encode(held)).encode()).hexdigest()[:16]


@transaction.atomic
def edit_draft(
    *,
    scheme: models.Scheme,
    part: str,
    version: str | None,
    change: Callable[[frozen.Scheme], frozen.Scheme],
) -> frozen.Scheme:
    """Store what ``change`` makes of the stored draft, and return it.

    ``version`` is the part's when the form was loaded; None overwrites knowingly.
    Raises: SchemeFrozen when it is issued meanwhile; DraftChanged; rows.SchemeNotStorable; and
    what ``change`` raises.
    """
    row = models.Scheme.objects.select_for_update().get(pk=scheme.pk)
    if row.is_frozen:
        raise SchemeFrozen(f"scheme {row.code} version {row.version} is issued already")
    stored = as_scoring_scheme(row)
    if version is not None and version != _version_now(stored, part):
        raise DraftChanged(part, stored)
    changed = change(stored)
    if changed != stored:
        write_rows(row, changed)
    return changed


def new_draft(
    *, code: str, name: str, authority: str, year: int, report_title: str, at: datetime
) -> models.Scheme:
    """Store an empty draft of 100 points and return its row.

    Raises: services.SchemeExists; rows.SchemeNotStorable.
    """
    empty = frozen.Scheme(
        code=code,
        version=1,
        name=name,
        authority=authority,
        year=year,
        source="",
        indicators=(),
        report_title=report_title,
        equal_goals=frozen.EqualGoals.PROPORTIONAL,
    )
    return load_scheme(scheme=empty, at=at)


def _version_now(stored: frozen.Scheme, part: str) -> str:
    try:
        return draft_version(stored, part)
    except KeyError:  # the indicator was deleted
        return ""
