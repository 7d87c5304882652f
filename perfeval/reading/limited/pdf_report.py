"""Read what is in a PDF that anybody may have sent: texts, attached data, signatures."""

import ctypes

import pypdfium2
import pypdfium2.raw as pdfium

from perfeval.reading.contents import Contents, Signature, Unreadable
from perfeval.reading.limited.covering import hidden_texts

#: A report of 300 rows has 60 pages and half a megabyte.
MOST_PAGES = 600
MOST_ATTACHMENTS = 20
LONGEST_ATTACHMENT = 20 * 1024 * 1024


def contents_of(data: bytes, trust_file: str = "") -> Contents:
    """Return what is in the PDF, or why it cannot be read.

    ``trust_file``: a PEM file with the authorities that vouch for signers.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        is_locked = getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD
        return Contents(Unreadable.ENCRYPTED if is_locked else Unreadable.BROKEN)
    if len(document) > MOST_PAGES:
        return Contents(Unreadable.TOO_MANY_PAGES)
    pages, foreign, hidden = [], {}, {}
    try:
        for number in range(len(document)):
            page = document[number]
            pages.append(_text(page))
            if count := _foreign_objects(page):
                foreign[number + 1] = count
            if count := hidden_texts(page):
                hidden[number + 1] = count
        attached = dict(_attachments(document))
    except (pypdfium2.PdfiumError, ValueError):
        return Contents(Unreadable.BROKEN)
    signatures: tuple[Signature, ...] = ()
    if pdfium.FPDF_GetSignatureCount(document) > 0:
        from perfeval.reading.limited.signatures import signatures_of  # noqa: PLC0415  0.3 s that few files need

        signatures = signatures_of(data, trust_file)
    return Contents(
        pages=tuple(pages),
        attached=attached,
        signatures=signatures,
        foreign_objects=foreign,
        hidden_texts=hidden,
        title=document.get_metadata_value("Title"),
        author=document.get_metadata_value("Author"),
        is_protected=pdfium.FPDF_GetSecurityHandlerRevision(document) >= 0,
    )


def _text(page: pypdfium2.PdfPage) -> str:
    """Return a page's text in the order in which it is drawn, piece by piece.

    pdfium's own text of a page mixes what stands on one line, also of cells side by side.
    """
    text_page = page.get_textpage()
    return "".join(
        _text_of(one.raw, text_page.raw)
        for one in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_TEXT,))
    )


def _text_of(text_object: object, text_page: object) -> str:
    size = pdfium.FPDFTextObj_GetText(text_object, text_page, None, 0)
    buffer = ctypes.create_string_buffer(size)
    letters = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
    pdfium.FPDFTextObj_GetText(text_object, text_page, letters, size)
    text = buffer.raw.decode("utf-16-le", "replace").rstrip("\0")
    # A hyphen at the end of a line has a mark of its own.
    return text.replace("\x02", "-").replace("\ufffe", "-")


def _foreign_objects(page: pypdfium2.PdfPage) -> int:
    """Return how many pictures and notes lie on a page; the field of a signature is no note."""
    pictures = sum(1 for _ in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,)))
    notes = 0
    for place in range(pdfium.FPDFPage_GetAnnotCount(page)):
        note = pdfium.FPDFPage_GetAnnot(page, place)
        if pdfium.FPDFAnnot_GetSubtype(note) not in (
            pdfium.FPDF_ANNOT_WIDGET,
            pdfium.FPDF_ANNOT_LINK,
        ):
            notes += 1
        pdfium.FPDFPage_CloseAnnot(note)
    return pictures + notes


def _attachments(document: pypdfium2.PdfDocument) -> list[tuple[str, str]]:
    """Return the attached texts by name. Raises: ValueError for too many, too long, twice the same name."""
    count = document.count_attachments()
    if count > MOST_ATTACHMENTS:
        raise ValueError("too many attachments")
    found = []
    for place in range(count):
        one = document.get_attachment(place)
        content = bytes(one.get_data())
        if len(content) > LONGEST_ATTACHMENT:
            raise ValueError("an attachment is too long")
        found.append((one.get_name(), content.decode("utf-8", "replace")))
    return found
