"""A file inside the PDF: the data behind its pages, tied to the document as ISO 19005-3, 6.8 asks."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Attachment:
    """One text file: its name in ASCII, its bytes in UTF-8, what it is and how it relates to the pages.

    ``relationship``: ``Source`` (the pages were made from it) or ``Data`` (what stands behind their figures).
    ``at``: the instant of the data, with its time zone; the file is dated as the PDF is.
    """

    name: str
    content: bytes
    media_type: str
    description: str
    relationship: str
    at: datetime
