"""Whether a PDF prints the words of a report, whoever made it."""

import re
from dataclasses import replace
from io import BytesIO

import pypdf

from perfeval.documents.document import ReportDocument
from perfeval.documents.printed import printed, squeezed

_PAGE_NUMBER = re.compile("—[0-9]+—")


def missing_texts(data: bytes, document: ReportDocument) -> tuple[list[str], int]:
    """Return the headings, paragraphs and cells that do not stand in the file in their order, and how many there are.

    A label that several rows share may stand anywhere. What a way prints again on a next page (heads of tables, labels with
    （续）) may come between.
    """
    text = "".join(squeezed(page.extract_text()) for page in pypdf.PdfReader(BytesIO(data)).pages)
    text = _PAGE_NUMBER.sub("", text)
    missing, position = [], 0
    document = replace(document, title="".join(document.title_lines))  # its turn is not printed
    pieces = [piece for piece in printed(document) if piece.text]
    for piece in pieces:
        if piece.is_label:
            found = text.find(piece.text)
        elif (found := text.find(piece.text, position)) >= 0:
            position = found + len(piece.text)
        if found < 0:
            missing.append(piece.text)
    return missing, len(pieces)
