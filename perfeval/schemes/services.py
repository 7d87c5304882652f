"""Taking a scheme into the database, and issuing it."""

from datetime import datetime

from django.db import transaction

from perfeval.accounts.models import User
from perfeval.schemes import models
from perfeval.schemes.printable import unprintable_texts
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.schemes.rows import write_rows
from perfeval.scoring.canonical import content_hash
from perfeval.scoring.codec import FormatProblem
from perfeval.scoring.scheme import tree as frozen
from perfeval.scoring.scheme.checks import check_scheme


class SchemeExists(Exception):
    """This version of the scheme is in the database already."""


class SchemeFrozen(Exception):
    """The scheme is issued or superseded and may not change."""


class SchemeOutdated(Exception):
    """A later version is issued already, so this draft may not be."""


class SchemeNotClean(Exception):
    """A draft with faults may not be issued; ``findings`` holds all of them with their places."""

    def __init__(self, scheme: models.Scheme, findings: tuple[FormatProblem, ...]) -> None:
        """Keep the findings."""
        sentences = "; ".join(str(finding) for finding in findings)
        super().__init__(f"scheme {scheme.code} version {scheme.version}: {sentences}")
        self.findings = findings


def faults_of(scheme: frozen.Scheme) -> tuple[FormatProblem, ...]:
    """Return everything that stands in the way of issuing: what it cannot mean, what cannot be printed."""
    return (*check_scheme(scheme), *unprintable_texts(scheme))


@transaction.atomic
def load_scheme(*, scheme: frozen.Scheme, at: datetime) -> models.Scheme:
    """Store ``scheme``, which may have faults of meaning, as a draft and return its row.

    Raises: SchemeExists when this code and version are stored already; rows.SchemeNotStorable when
    the rows would give back another scheme, and then nothing is stored.
    """
    if models.Scheme.objects.filter(code=scheme.code, version=scheme.version).exists():
        raise SchemeExists(f"scheme {scheme.code} version {scheme.version} is stored already")
    row = models.Scheme(created_at=at)
    write_rows(row, scheme)
    return row


@transaction.atomic
def issue_scheme(*, scheme: models.Scheme, by: User | None, at: datetime) -> models.Scheme:
    """Freeze a draft scheme: from now on its rows may not change and reports can be started on it.

    The version issued before is superseded in the same transaction: its reports stay, none starts.
    Raises: SchemeFrozen when it is not a draft; SchemeOutdated when a later version is issued;
    SchemeNotClean when its check finds anything.
    """
    versions = list(models.Scheme.objects.select_for_update().filter(code=scheme.code))
    row = next(version for version in versions if version.pk == scheme.pk)
    if row.is_frozen:
        raise SchemeFrozen(f"scheme {row.code} version {row.version} is issued already")
    issued = next((other for other in versions if other.state == models.SchemeState.ISSUED), None)
    if issued and issued.version > row.version:
        raise SchemeOutdated(
            f"scheme {row.code} version {issued.version} is issued already; version {row.version} "
            "is older: start a new version from the issued one"
        )
    read = as_scoring_scheme(row)
    findings = faults_of(read)
    if findings:
        raise SchemeNotClean(row, findings)
    if issued:
        issued.state = models.SchemeState.SUPERSEDED
        issued.save(update_fields=["state"])
        models.Succession.objects.get_or_create(
            scheme=row, defaults={"previous": issued, "started_at": at, "started_by": by}
        )
    row.content_hash = content_hash(read)
    row.state = models.SchemeState.ISSUED
    row.issued_at = at
    row.issued_by = by
    row.save()
    return row
