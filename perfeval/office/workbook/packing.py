"""Finish the Excel file: put beside each formula what it comes to, and fix every date, so that the bytes are the same.

openpyxl writes formulas without values; what only shows a file (a phone, a mail program) would show nothing.
"""

import re
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from xml.sax.saxutils import escape

from openpyxl import Workbook

from perfeval.office.workbook.pages import Value

_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_FORMULA = re.compile(r'<c r="([A-Z]+\d+)"([^>]*)><f>(.*?)</f><v\s*/?>(?:</v>)?</c>', re.DOTALL)
_TYPE = re.compile(r'\s+t="[^"]*"')
_MODIFIED = re.compile(r"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def packed(
    workbook: Workbook, formulas: Mapping[str, Mapping[str, Value]], *, created_at: datetime
) -> bytes:
    """Return the workbook's bytes. ``formulas``: by sheet and cell, what each formula comes to."""
    raw = BytesIO()
    workbook.save(raw)
    stamp = created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    places = {
        f"xl/worksheets/sheet{number}.xml": formulas.get(name, {})
        for number, name in enumerate(workbook.sheetnames, start=1)
    }
    target = BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            data = source.read(name)
            if name in places:
                data = _with_values(data.decode(), places[name]).encode()
            elif name == "docProps/core.xml":
                data = _MODIFIED.sub(rf"\g<1>{stamp}\g<2>", data.decode()).encode()
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, data)
    return target.getvalue()


def _with_values(text: str, values: Mapping[str, Value]) -> str:
    def filled(match: re.Match[str]) -> str:
        cell, attributes, formula = match.groups()
        value = values.get(cell)
        attributes = _TYPE.sub("", attributes)
        if isinstance(value, str):
            inner = f"<v>{escape(value)}</v>"
            attributes += ' t="str"'
        else:
            inner = "" if value is None else f"<v>{_number(value)}</v>"
        return f'<c r="{cell}"{attributes}><f>{formula}</f>{inner}</c>'

    return _FORMULA.sub(filled, text)


def _number(value: Decimal | int) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
