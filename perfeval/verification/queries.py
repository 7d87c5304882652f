"""What was issued here, found by what a file shows."""

from django.db.models import Q, QuerySet

from perfeval.review.models import Publication
from perfeval.verification.contents import Signature
from perfeval.verification.examination import Identity


def publication_of_bytes(sha256: str) -> Publication | None:
    """Return the publication whose file, the official or a public one, has this hash, without its bytes."""
    is_this = Q(sha256=sha256) | Q(report__releases__sha256=sha256)
    return Publication.objects.filter(is_this).defer("pdf").first()


def publication_of_snapshot(sha256: str) -> Publication | None:
    """Return the publication of the snapshot with this hash, as approved or as the public has it.

    None also where no hash is given.
    """
    if not sha256:
        return None
    is_this = Q(snapshot__sha256=sha256) | Q(report__releases__content_sha256=sha256)
    return Publication.objects.filter(is_this).defer("pdf").first()


def publications_of_department(identity: Identity) -> QuerySet[Publication]:
    """Return what was published of the report that ``identity`` names, newest first."""
    return (
        Publication.objects.filter(
            report__department__code=identity.department_code,
            report__scheme__code=identity.scheme_code,
        )
        .select_related("snapshot")
        .defer("pdf")
        .order_by("-created_at")
    )


def signed_here(signature: Signature) -> bool:
    """Return whether a publication of this installation was signed with the same certificate."""
    if not signature.certificate_sha256:
        return False
    return Publication.objects.filter(
        made_with__signature__certificate_sha256=signature.certificate_sha256
    ).exists()
