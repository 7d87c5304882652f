"""The report inside a published PDF: the file that was approved, as it can be imported again."""

import pypdfium2

from perfeval.reading.contents import REPORT_FILE
from perfeval.scoring.codec import FormatError, FormatProblem


def report_text(data: bytes) -> str:
    """Return the report's JSON text out of a published PDF.

    Raises: FormatError when the PDF cannot be read or carries no report (a draft, a scan).
    """
    try:
        document = pypdfium2.PdfDocument(data)
        for place in range(document.count_attachments()):
            attachment = document.get_attachment(place)
            if attachment.get_name() == REPORT_FILE:
                return bytes(attachment.get_data()).decode()
    except (pypdfium2.PdfiumError, UnicodeDecodeError) as error:
        raise FormatError((FormatProblem("", "pdf_unreadable"),)) from error
    raise FormatError((FormatProblem("", "pdf_without_report"),))
