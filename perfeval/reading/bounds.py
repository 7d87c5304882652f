"""Which files are taken, and how large they may be."""

from collections.abc import Mapping

#: An Excel workbook with a scheme, in bytes: 300 indicators take 60 KB.
MOST_WORKBOOK_BYTES = 10 * 1024 * 1024
#: Endings of files that are read as reports.
REPORT_SUFFIXES = (".pdf", ".ofd", ".docx", ".xlsx", ".xls", ".txt", ".md")
#: Endings of what may be a report and cannot be read: named with the reason, so that none is missed.
UNREAD_SUFFIXES = (".doc", ".wps", ".et", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp")
#: What is taken as evidence: ending of the name -> what the first bytes must say.
EVIDENCE_KINDS: Mapping[str, frozenset[str]] = {
    "pdf": frozenset({"pdf"}),
    "png": frozenset({"png"}),
    "jpg": frozenset({"jpg"}),
    "jpeg": frozenset({"jpg"}),
    "docx": frozenset({"docx", "zip"}),
    "xlsx": frozenset({"xlsx", "zip"}),
    "zip": frozenset({"zip"}),
}
