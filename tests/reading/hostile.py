"""Small files that want a whole machine."""

import io
import zipfile
import zlib

import docx


def pdf_with(*objects: bytes) -> bytes:
    """Return a PDF of these objects, numbered from 1; the first is the catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def stream(content: bytes, more: bytes = b"") -> bytes:
    """Return a packed stream."""
    packed = zlib.compress(content, 9)
    head = b"<< /Length %d /Filter /FlateDecode %s >>" % (len(packed), more)
    return head + b"\nstream\n" + packed + b"\nendstream"


_CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"
_PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"


def _page(resources: bytes = b"") -> bytes:
    return (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << %s >> >>"
        % resources
    )


def unpacking_pdf(megabytes: int = 60) -> bytes:
    """Return a PDF whose page unpacks to so much: each piece of it is drawn, and kept in memory."""
    line = b"0 0 m 9 9 l S\n"
    return pdf_with(
        _CATALOGUE, _PAGES, _page(), stream(line * (megabytes * 1024 * 1024 // len(line)))
    )


def endless_pdf(levels: int = 24) -> bytes:
    """Return a PDF whose page draws a form that draws another one ten times, and so on."""
    forms = [
        stream(
            b"/F Do\n" * 10,
            b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F %d 0 R >> >>"
            % (6 + level),
        )
        for level in range(levels)
    ]
    last = stream(b"0 0 m 9 9 l S", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]")
    page = _page(b"/XObject << /F 5 0 R >>")
    return pdf_with(_CATALOGUE, _PAGES, page, stream(b"/F Do"), *forms, last)


def nested_pdf(depth: int = 1_000_000) -> bytes:
    """Return a PDF with lists inside of lists."""
    return pdf_with(_CATALOGUE, _PAGES, _page(b"/X " + b"[" * depth + b"]" * depth), stream(b""))


def nested_word(depth: int = 20_000) -> bytes:
    """Return a Word file with frames inside of frames."""
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    frames = "<w:sdt><w:sdtContent>" * depth + "</w:sdtContent></w:sdt>" * depth
    return _word(f'<w:document xmlns:w="{name}"><w:body>{frames}</w:body></w:document>')


def expanding_word(levels: int = 10) -> bytes:
    """Return a Word file whose text is an entity of ten entities, and so on."""
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    entities = "".join(
        f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, levels)
    )
    return _word(
        f'<!DOCTYPE d [<!ENTITY e0 "绩效自评">{entities}]><w:document xmlns:w="{name}"><w:body><w:p><w:r>'
        f"<w:t>&e{levels - 1};</w:t></w:r></w:p></w:body></w:document>"
    )


def _word(document: str) -> bytes:

    plain, out = io.BytesIO(), io.BytesIO()
    docx.Document().save(plain)
    with zipfile.ZipFile(plain) as read, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name in read.namelist():
            text = document.encode() if name == "word/document.xml" else read.read(name)
            written.writestr(name, text)
    return out.getvalue()
