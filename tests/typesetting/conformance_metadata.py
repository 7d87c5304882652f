"""The checks of ``conformance`` that look at the metadata: both claims, title, dates, the described schema.

Source: ISO 19005-3:2012, 6.6; ISO 14289-1:2014, 5 and 7.1.
"""

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pikepdf

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC, _XMP = "{http://purl.org/dc/elements/1.1/}", "{http://ns.adobe.com/xap/1.0/}"
_PDFA, _PDFUA = "{http://www.aiim.org/pdfa/ns/id/}", "{http://www.aiim.org/pdfua/ns/id/}"
_EXTENSION = "{http://www.aiim.org/pdfa/ns/extension/}schemas"
_SCHEMA, _PROPERTY = (
    "{http://www.aiim.org/pdfa/ns/schema#}",
    "{http://www.aiim.org/pdfa/ns/property#}",
)
#: All that our files say; each is of a schema that PDF/A knows, or described in the file.
_PROPERTIES = {
    *(_DC + name for name in ("format", "title", "creator", "description", "language")),
    *(_XMP + name for name in ("CreateDate", "ModifyDate", "MetadataDate", "CreatorTool")),
    "{http://ns.adobe.com/pdf/1.3/}Producer",
    *(_PDFA + name for name in ("part", "conformance")),
    _PDFUA + "part",
    _EXTENSION,
}
#: Where a property holds several values, or one for each language, how they are held.
_HELD = {"title": "Alt", "description": "Alt", "creator": "Seq", "language": "Bag"}


def metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Yield breaches in the metadata stream, and where it differs from the information dictionary."""
    if "/Metadata" not in pdf.Root:
        yield "A 6.6.2.1, UA 7.1 no metadata"
        return
    stream = pdf.Root.Metadata
    if "/Filter" in stream:
        yield "A 6.6.2 metadata are compressed"
    text = stream.read_bytes().decode().strip("\ufeff")
    if "bytes=" in text.split("\n")[0] or "encoding=" in text.split("?>")[0]:
        yield "A 6.6.2.1 header with bytes or encoding"
    xml = ET.fromstring(re.sub(r"<\?xpacket[^>]*\?>", "", text))
    found: dict[str, str] = {}
    for one in _properties(xml):
        inner = next(one.iter(f"{_RDF}li"), one)
        found.setdefault(one.tag, inner.text or "")
    wanted = {
        "{http://www.aiim.org/pdfa/ns/id/}part": "3",
        "{http://www.aiim.org/pdfa/ns/id/}conformance": "A",
        "{http://www.aiim.org/pdfua/ns/id/}part": "1",
        "{http://purl.org/dc/elements/1.1/}title": str(pdf.docinfo.get("/Title", "")),
        "{http://purl.org/dc/elements/1.1/}creator": str(pdf.docinfo.get("/Author", "")),
        "{http://ns.adobe.com/xap/1.0/}CreatorTool": str(pdf.docinfo.get("/Creator", "")),
    }
    for key, value in wanted.items():
        if not value or found.get(key) != value:
            yield f"A 6.6.4, UA 5 or 7.1: {key} is {found.get(key)!r}, not {value!r}"
    dates = {"CreationDate": "CreateDate", "ModDate": "ModifyDate"}
    for ours, theirs in dates.items():
        written = re.sub(r"\D", "", str(pdf.docinfo.get(f"/{ours}", "")))
        if written != re.sub(r"\D", "", found.get(f"{{http://ns.adobe.com/xap/1.0/}}{theirs}", "")):
            yield f"A 6.6.3 {ours} differs between the two places"
    if unknown := {one.tag for one in _properties(xml)} - _PROPERTIES:
        yield f"A 6.6.2.3.1 properties that no schema of PDF/A has: {sorted(unknown)}"
    for prefix in ("pdfaid", "pdfuaid"):
        if f"<{prefix}:part>" not in text:
            yield f"A 6.6.4, UA 5 the prefix {prefix} is not used"
    yield from _extension_schema(xml)


def _properties(xml: ET.Element) -> list[ET.Element]:
    return [one for description in xml.iter(f"{_RDF}Description") for one in description]


def _extension_schema(xml: ET.Element) -> Iterator[str]:
    """Yield breaches in the description of the one schema that PDF/A does not know, that of PDF/UA."""
    for one in _properties(xml):
        wanted = _HELD.get(one.tag.removeprefix(_DC), "")
        held = [child.tag for child in one]
        if one.tag != _EXTENSION and held != ([_RDF + wanted] if wanted else []):
            yield f"A 6.6.2.3.1 {one.tag} is of another type"
    schemas = xml.findall(f".//{_EXTENSION}/{_RDF}Bag/{_RDF}li")
    told = [{child.tag: child.text for child in one} for one in schemas]
    properties = [
        {child.tag: child.text for child in found}
        for one in schemas
        for found in one.findall(f"{_SCHEMA}property/{_RDF}Seq/{_RDF}li")
    ]
    if [set(one) for one in told] != [
        {_SCHEMA + name for name in ("schema", "namespaceURI", "prefix", "property")}
    ] or (told[0][_SCHEMA + "namespaceURI"], told[0][_SCHEMA + "prefix"]) != (
        _PDFUA[1:-1],
        "pdfuaid",
    ):
        yield "A 6.6.2.3 the schema of PDF/UA is not described as it has to be"
    if [set(one) for one in properties] != [
        {_PROPERTY + name for name in ("name", "valueType", "category", "description")}
    ] or [properties[0][_PROPERTY + name] for name in ("name", "valueType", "category")] != [
        "part",
        "Integer",
        "internal",
    ]:
        yield "A 6.6.2.3.3 the one property of the schema of PDF/UA is not described as it has to be"
