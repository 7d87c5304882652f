"""Sign a finished PDF (PAdES).

Off until ``PERFEVAL_SIGNING_FILE`` names a PKCS#12 file. The signature is appended to the file in a field of its own:
no byte of what was rendered changes, so the file stays PDF/A-3a and PDF/UA-1.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from perfeval.processes.threads import apart
from perfeval.typesetting.pdf import RenderFailed

logger = logging.getLogger(__name__)


class SigningFailed(RenderFailed):
    """The PDF could not be signed; the text says why and what to do, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A key with its certificate, ready to sign. ``subject``: whom the certificate names."""

    key: Any
    subject: str
    sha256: str

    def as_record(self) -> dict[str, str]:
        """Return what is kept beside a publication."""
        return {"subject": self.subject, "certificate_sha256": self.sha256}


def signer(*, at: datetime) -> Signer | None:
    """Return the signer that the settings name, None where signing is off.

    ``at``: the instant for which the certificate must be valid. Raises: SigningFailed.
    """
    if not settings.SIGNING_FILE:
        return None
    return load_signer(Path(settings.SIGNING_FILE), settings.SIGNING_PASSPHRASE, at=at)


def load_signer(file: Path, passphrase: str, *, at: datetime) -> Signer:
    """Return the signer in a PKCS#12 file. Raises: SigningFailed when it cannot sign at that instant."""
    from pyhanko.sign.signers import SimpleSigner  # noqa: PLC0415  0.3 s that only signing needs

    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    if not file.is_file():
        raise SigningFailed(
            _(
                "The signing certificate %(file)s is not there. Nothing was published. Ask your administrator."
            )
            % {"file": file.name}
        )
    key = SimpleSigner.load_pkcs12(str(file), passphrase=passphrase.encode())
    if key is None:
        raise SigningFailed(
            _(
                "The signing certificate %(file)s cannot be opened: it is no PKCS#12 file, or the "
                "passphrase is wrong. Nothing was published. Ask your administrator."
            )
            % {"file": file.name}
        )
    certificate = key.signing_cert
    if not certificate.not_valid_before <= at <= certificate.not_valid_after:
        raise SigningFailed(
            _(
                "The signing certificate is valid from %(start)s to %(end)s only. Nothing was published. "
                "Ask your administrator for a new one."
            )
            % {
                "start": certificate.not_valid_before.date().isoformat(),
                "end": certificate.not_valid_after.date().isoformat(),
            }
        )
    return Signer(key, certificate.subject.human_friendly, certificate.sha256.hex())


def sign(data: bytes, signed_by: Signer, *, label: str) -> bytes:
    """Return the PDF with a signature appended; ``label`` is read out for it. Raises: SigningFailed."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415  as above
    from pyhanko.sign.fields import SigSeedSubFilter  # noqa: PLC0415  as above
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner  # noqa: PLC0415  as above

    from perfeval.typesetting.signature_field import (  # noqa: PLC0415  as above
        SIGNATURE_FIELD,
        add_signature_field,
    )

    class Writer(IncrementalPdfFileWriter):
        """Appends the signature only: dates, producer and version stay as they were rendered."""

        def _update_meta(self) -> None:
            """Leave the metadata alone; XMP written anew would lose what PDF/A asks for."""

        def ensure_output_version(self, version: tuple[int, int]) -> None:
            """Leave the version alone: PDF/A-3 is PDF 1.7, and elliptic curves would make it 2.0."""

        def register_extension(self, ext: Any) -> None:
            """Note an extension of PDF 1.7 only; one of 2.0 has no place in such a file."""
            if ext.base_version == "/1.7":
                super().register_extension(ext)

    metadata = PdfSignatureMetadata(
        field_name=SIGNATURE_FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )
    output = BytesIO()
    try:
        writer = Writer(BytesIO(data))
        add_signature_field(writer, label)
        signing = PdfSigner(metadata, signer=signed_by.key).async_sign_pdf(
            writer, existing_fields_only=True, output=output
        )
        # In a thread of its own: whoever calls may have an event loop running already.
        apart(asyncio.run, signing)
    except Exception as error:  # a library of many parts without an error class in common
        logger.exception("signing failed")
        raise SigningFailed(
            _(
                "The PDF could not be signed. Nothing was published and nothing is lost. "
                "Try again in a minute; if it fails again, tell your administrator: %(reason)s"
            )
            % {"reason": error}
        ) from error
    return output.getvalue()
