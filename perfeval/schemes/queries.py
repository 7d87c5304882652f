"""Schemes read back from their rows as the frozen values that scoring knows."""

from functools import lru_cache

from django.db.models import QuerySet

from perfeval.schemes import models
from perfeval.scoring.canonical import content_hash, draft_from_json, scheme_from_json
from perfeval.scoring.scheme import tree as frozen


class SchemeTampered(Exception):
    """An issued scheme's rows no longer match the hash taken when it was issued."""

    def __init__(self, scheme: models.Scheme) -> None:
        """Name the scheme."""
        super().__init__(
            f"scheme {scheme.code} version {scheme.version} was changed after it was issued; "
            "restore its rows from a backup or issue a new version"
        )


def issued_schemes() -> QuerySet[models.Scheme]:
    """Return the schemes on which a report can be started, newest year first."""
    return models.Scheme.objects.filter(state=models.SchemeState.ISSUED)


def finished_schemes() -> QuerySet[models.Scheme]:
    """Return every version that was ever issued, superseded ones too: finished reports follow them."""
    return models.Scheme.objects.exclude(state=models.SchemeState.DRAFT)


def scheme_named(name: str) -> models.Scheme | None:
    """Return the scheme CODE in its latest issued version, or exactly CODE:VERSION; None if there is none."""
    code, _colon, version = name.partition(":")
    if not version:
        return issued_schemes().filter(code=code).order_by("-version").first()
    if not version.isdecimal():
        return None
    return finished_schemes().filter(code=code, version=int(version)).first()


def as_scoring_scheme(scheme: models.Scheme) -> frozen.Scheme:
    """Return the frozen scheme of these rows.

    An issued scheme is read once a process and kept by its hash, since it can't change. A draft may
    have faults of meaning; ``scoring.scheme_checks.check_scheme`` names them.
    Raises: SchemeTampered when an issued scheme's rows do not match its hash.
    """
    if scheme.is_frozen:
        return _issued_scheme(scheme.pk, scheme.content_hash)
    return _read(scheme)


@lru_cache(maxsize=64)
def _issued_scheme(pk: int, expected_hash: str) -> frozen.Scheme:
    """Return the issued scheme ``pk`` after holding it against ``expected_hash``."""
    row = models.Scheme.objects.get(pk=pk)
    scheme = _read(row)
    if content_hash(scheme) != expected_hash:
        raise SchemeTampered(row)
    return scheme


def _read(row: models.Scheme) -> frozen.Scheme:
    """Build the canonical JSON from the rows and let the one decoder make the values."""
    read = scheme_from_json if row.is_frozen else draft_from_json
    data = {
        **row.layout,
        "code": row.code,
        "version": row.version,
        "name": row.name,
        "authority": row.authority,
        "year": row.year,
        "source": row.source,
        "unverified": row.unverified,
        "report_title": row.report_title,
        "annex_mark": row.annex_mark,
        "full_score": f"{row.full_score.normalize():f}",
        "rounding": {"mode": row.rounding_mode, "digits": row.rounding_digits},
        "indicators": _tree(row),
        "grade_bands": [
            {"word": band.word, "minimum": f"{band.minimum.normalize():f}"}
            for band in row.grade_bands.all()
        ],
        "outline": [
            {
                "code": section.code,
                "level": section.level,
                "title": section.title,
                "content": section.content,
                "hint": section.hint,
                "is_required": section.is_required,
                "max_length": section.max_length,
            }
            for section in row.outline_sections.all()
        ],
    }
    return read(data)


def _tree(row: models.Scheme) -> list[dict[str, object]]:
    """Return the indicator rows as nested dictionaries, in the scheme's order."""
    children: dict[int | None, list[models.Indicator]] = {}
    for indicator in row.indicators.all():
        children.setdefault(indicator.parent_id, []).append(indicator)

    def nested(indicator: models.Indicator) -> dict[str, object]:
        return {
            "code": indicator.code,
            "name": indicator.name,
            "level": indicator.level,
            "weight": f"{indicator.weight.normalize():f}",
            "rule": indicator.rule,
            "standard": indicator.standard,
            "evidence": indicator.evidence,
            "source": indicator.source,
            "unverified": indicator.unverified,
            "is_own": indicator.is_own,
            "is_adjustment": indicator.is_adjustment,
            "is_scored_group": indicator.is_scored_group,
            "lists_all_items": indicator.lists_all_items,
            "children": [nested(child) for child in children.get(indicator.pk, [])],
        }

    return [nested(indicator) for indicator in children.get(None, [])]
