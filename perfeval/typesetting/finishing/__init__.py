"""The last step before a PDF is written: what makes it an archive copy that anybody can read and check.

WeasyPrint lays the pages out; here its PDF objects are mended in memory, before they are written, so that the file is
PDF/A-3a and PDF/UA-1 at once. Nothing is parsed again, which is why this costs next to nothing.

``structure``: the tagged ``tree``, with ``links`` and ``figures`` · ``marks``: what of a page is no content ·
``metadata``: the claims and the title · ``attachments``: the data behind the pages · ``packing``: the bytes.
"""

from collections.abc import Sequence
from typing import Any

from perfeval.documents.attachments import Attachment
from perfeval.typesetting.finishing import attachments, metadata, packing, structure


def finish(document: Any, pdf: Any, *, attached: Sequence[Attachment] = ()) -> None:
    """Mend ``pdf``, WeasyPrint's objects of its ``document``, and add the attachments."""
    structure.mend(document, pdf)
    metadata.write(document, pdf)
    attachments.embed(pdf, attached)
    packing.pack(pdf)


def pack(_document: Any, pdf: Any) -> None:
    """Write ``pdf`` that is only looked at: quickly."""
    packing.pack(pdf)
