"""What was issued here, found by what a file shows: publications, and what was released to the public."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from perfeval.reading.contents import Signature
from perfeval.review.models import Publication, PublicRelease
from perfeval.verification.examination import Identity


@dataclass(frozen=True, slots=True)
class Issued:
    """A file that was issued here. ``withdrawn_at``: when it was taken back from the public."""

    issued_at: datetime
    withdrawn_at: datetime | None = None


def issued_file(sha256: str) -> Issued | None:
    """Return what was issued with these very bytes."""
    return next(_issued(Q(sha256=sha256), Q(sha256=sha256)), None)


def issued_data(sha256: str) -> Issued | None:
    """Return what was issued with these data inside; None also where no hash is given."""
    if not sha256:
        return None
    return next(_issued(Q(snapshot__sha256=sha256), Q(content_sha256=sha256)), None)


def issued_pdf(data_sha256: str) -> bytes:
    """Return the file that was issued last with these data inside, empty where there is none."""
    published = Publication.objects.filter(snapshot__sha256=data_sha256).order_by("-created_at")
    released = PublicRelease.objects.filter(content_sha256=data_sha256).order_by("-id")
    for found in (published, released):
        if (pdf := found.values_list("pdf", flat=True).first()) is not None:
            return bytes(pdf)
    return b""


def signed_by(data_sha256: str) -> str:
    """Return who signed the file that was published last with these data, empty where nobody did."""
    found = Publication.objects.filter(snapshot__sha256=data_sha256).order_by("-created_at")
    signature = found.values_list("made_with__signature__subject", flat=True).first()
    return str(signature or "")


def _issued(published: Q, released: Q) -> Iterator[Issued]:
    for at in Publication.objects.filter(published).values_list("created_at", flat=True):
        yield Issued(at)
    found = PublicRelease.objects.filter(released).order_by("-id")
    for at, withdrawn_at in found.values_list("released_at", "withdrawn_at"):
        yield Issued(at, withdrawn_at)


def issued_content(identity: Identity) -> str:
    """Return the data last published of the report that ``identity`` names, empty where there is none."""
    found = Publication.objects.filter(
        report__department__code=identity.department_code,
        report__scheme__code=identity.scheme_code,
    )
    return found.order_by("-created_at").values_list("snapshot__content", flat=True).first() or ""


def signed_here(signature: Signature) -> bool:
    """Return whether a publication of this installation was signed with the same certificate."""
    if not signature.certificate_sha256:
        return False
    return Publication.objects.filter(
        made_with__signature__certificate_sha256=signature.certificate_sha256
    ).exists()
