"""Check the signatures of a PDF."""

import logging
from io import BytesIO
from typing import Any

from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import KeyUsageConstraints, validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from perfeval.reading.contents import Signature

#: More signatures than this nobody puts on a report.
_MOST = 10


def signatures_of(data: bytes, trust_file: str) -> tuple[Signature, ...]:
    """Return every signature with what is known of it; one that cannot be checked has its problem."""
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        found = PdfFileReader(BytesIO(data)).embedded_signatures[:_MOST]
    except Exception as error:  # noqa: BLE001  a broken file breaks the library in many ways
        return (_unchecked(error),)
    roots = list(load_certs_from_pemder([trust_file])) if trust_file else []
    return tuple(_checked(one, roots) for one in found)


def _checked(one: Any, roots: list[Any]) -> Signature:
    signed_at = one.self_reported_timestamp
    # The certificate has to hold when the report was signed, not when an archive looks at it.
    context = ValidationContext(
        trust_roots=roots, allow_fetching=False, moment=signed_at, best_signature_time=signed_at
    )
    usage = KeyUsageConstraints(
        key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
    )
    try:
        status = validate_pdf_signature(one, context, key_usage_settings=usage)
    except Exception as error:  # noqa: BLE001  as above
        return _unchecked(error)
    certificate = status.signing_cert
    return Signature(
        signer=_name(certificate),
        certificate_sha256=certificate.sha256.hex(),
        signed_at=signed_at.isoformat() if signed_at else "",
        is_intact=bool(status.intact),
        is_valid=bool(status.valid),
        is_trusted=bool(status.trusted),
        covers_file=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
    )


def _name(certificate: Any) -> str:
    """Return whom the certificate names: person or office, then the organisation."""
    names = certificate.subject.native
    told = [names.get("common_name"), names.get("organization_name")]
    return " · ".join(str(one) for one in told if one) or str(certificate.subject.human_friendly)


def _unchecked(error: Exception) -> Signature:
    return Signature(
        "",
        "",
        "",
        is_intact=False,
        is_valid=False,
        is_trusted=False,
        covers_file=False,
        problem=str(error)[:200],
    )
