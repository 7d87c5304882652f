"""The clauses of PDF/A-3a and PDF/UA-1 that a file of ours could break, each as a check of its own.

No reference validator is to be had from the package registries; these checks are written from the standards, and a
validator run elsewhere has the last word. ``violations`` returns every breach with its clause.
Source: ISO 19005-3:2012; ISO 14289-1:2014 with the Matterhorn Protocol 1.1; ISO 32000-1:2008.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree as ET

import pikepdf
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name

from tests.rendering import conformance_tags

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


def violations(data: bytes) -> list[str]:
    """Return every breach found in the file, none for a file that may bear both claims."""
    with pikepdf.open(BytesIO(data)) as pdf:
        checks = (
            _file(pdf, data),
            _catalog(pdf),
            _metadata(pdf),
            _colours(pdf),
            _forbidden(pdf),
            _attachments(pdf),
            _annotations(pdf),
            _fonts(pdf),
            conformance_tags.structure(pdf),
            conformance_tags.content(pdf),
            conformance_tags.outline(pdf),
        )
        return [breach for check in checks for breach in check]


def _file(pdf: pikepdf.Pdf, data: bytes) -> Iterator[str]:
    head, comment = data.split(b"\n", 2)[:2]
    if not re.fullmatch(rb"%PDF-1\.[0-7]\r?", head):
        yield f"A 6.1.2 header {head!r}"
    if comment[:1] != b"%" or sum(byte > 127 for byte in comment[:6]) < 4:
        yield "A 6.1.2 second line without four bytes above 127"
    if not re.search(rb"%%EOF\r?\n?$", data):
        yield "A 6.1.3 something behind %%EOF"
    if "/ID" not in pdf.trailer or pdf.is_encrypted:
        yield "A 6.1.3 no file identifier, or encrypted"
    for found in pdf.objects:
        if isinstance(found, pikepdf.Stream):
            if {"/F", "/FFilter", "/FDecodeParms"} & set(found.keys()):
                yield "A 6.1.7 stream in another file"
            filters = found.get("/Filter", Array())
            names = [filters] if isinstance(filters, Name) else list(filters)
            if {"/LZWDecode", "/Crypt"} & {str(name) for name in names}:
                yield "A 6.1.7 filter that is not allowed"


def _catalog(pdf: pikepdf.Pdf) -> Iterator[str]:
    root = pdf.Root
    if not str(root.get("/Lang", "")):
        yield "UA 7.2 no language"
    mark = root.get("/MarkInfo", {})
    if mark.get("/Marked") is not True or mark.get("/Suspects", False):
        yield "UA 7.1 not marked, or suspect"
    if root.get("/ViewerPreferences", {}).get("/DisplayDocTitle") is not True:
        yield "UA 7.1 title is not displayed"
    if {"/OCProperties", "/AA", "/Requirements", "/NeedsRendering"} & set(root.keys()):
        yield "A 6.4, 6.5, 6.9 entry of the catalog that is not allowed"
    for page in pdf.pages:
        if page.obj.get("/Tabs") != Name.S:
            yield "UA 7.18.3 tab order is not that of the structure"
        if {"/AA", "/PresSteps"} & set(page.obj.keys()):
            yield "A 6.5.2 page with an action"


def _metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    stream = pdf.Root.Metadata
    if "/Filter" in stream:
        yield "A 6.6.2 metadata are compressed"
    text = stream.read_bytes().decode().strip("\ufeff")
    if "bytes=" in text.split("\n")[0] or "encoding=" in text.split("?>")[0]:
        yield "A 6.6.2.1 header with bytes or encoding"
    xml = ET.fromstring(re.sub(r"<\?xpacket[^>]*\?>", "", text))
    found: dict[str, str] = {}
    for description in xml.iter(f"{_RDF}Description"):
        found |= {key: value for key, value in description.attrib.items() if key[:1] == "{"}
        for one in description:
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
    if "pdfua/ns/id/</pdfaSchema:namespaceURI>" not in text:
        yield "A 6.6.2.3 no description of the extension schema for PDF/UA"


def _colours(pdf: pikepdf.Pdf) -> Iterator[str]:
    intents = [one for one in pdf.Root.get("/OutputIntents", ()) if Name("/GTS_PDFA1") == one.S]
    if len(intents) != 1:
        yield "A 6.2.3 not exactly one output intent"
        return
    profile = intents[0].DestOutputProfile
    icc = profile.read_bytes()
    if profile.N != 3 or icc[36:40] != b"acsp" or icc[16:20] != b"RGB " or icc[8] > 4:
        yield "A 6.2.3 no RGB profile of version 4 or below"
    if icc[12:16] not in (b"mntr", b"prtr"):
        yield "A 6.2.3 profile is of no output device"


def _forbidden(pdf: pikepdf.Pdf) -> Iterator[str]:
    for found in pdf.objects:
        if not isinstance(found, Dictionary | pikepdf.Stream):
            continue
        keys = set(found.keys())
        if "/S" in keys and str(found.get("/S")) in (
            "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/JavaScript", "/Hide",
            "/SetOCGState", "/Rendition", "/Trans", "/GoTo3DView",
        ):  # fmt: skip
            yield f"A 6.5.1 action {found.S}"
        if found.get("/Type") == Name.ExtGState:
            if keys & {"/TR", "/HTP"} or str(found.get("/TR2", "/Default")) != "/Default":
                yield "A 6.2.5 transfer function"
            if str(found.get("/BM", "/Normal")) not in ("/Normal", "/Compatible", "/Multiply"):
                yield f"A 6.2.10 blend mode {found.BM}"
        if found.get("/Subtype") == Name.Image and found.get("/Interpolate") is True:
            yield "A 6.2.8 interpolated picture"
        if found.get("/Subtype") == Name.PS or "/OPI" in keys or "/Ref" in keys:
            yield "A 6.2.9 XObject that is not allowed"
    names = pdf.Root.get("/Names", {})
    if {"/JavaScript", "/AlternatePresentations"} & set(names.keys()):
        yield "A 6.5, 6.10 names that are not allowed"
    form = pdf.Root.get("/AcroForm", {})
    if form.get("/NeedAppearances", False) or "/XFA" in form:
        yield "A 6.4 form without appearances, or XFA"


def _attachments(pdf: pikepdf.Pdf) -> Iterator[str]:
    related = {one.objgen for one in pdf.Root.get("/AF", ())}
    for name, one in pdf.attachments.items():
        specification = one.obj
        if specification.objgen not in related:
            yield f"A 6.8 {name} is not tied to the document"
        if not {"/F", "/UF", "/EF", "/AFRelationship", "/Desc"} <= set(specification.keys()):
            yield f"A 6.8, UA 7.11 {name} lacks F, UF, EF, AFRelationship or Desc"
        if not re.fullmatch(r"/\w+/[\w.+-]+", str(specification.EF.F.get("/Subtype", ""))):
            yield f"A 6.8 {name} has no media type"
        if "/ModDate" not in specification.EF.F.get("/Params", {}):
            yield f"A 6.8 {name} has no date"


def _annotations(pdf: pikepdf.Pdf) -> Iterator[str]:
    owners = conformance_tags.parents(pdf)
    for page in pdf.pages:
        for one in page.obj.get("/Annots", ()):
            kind, flags = str(one.Subtype), int(one.get("/F", 0))
            if not flags & 4 or flags & (1 | 2 | 32 | 256):
                yield f"A 6.3.2 {kind} is not printed, or hidden"
            has_extent = one.Rect[0] != one.Rect[2] and one.Rect[1] != one.Rect[3]
            if has_extent and kind != "/Link" and "/AP" not in one:
                yield f"A 6.3.3 {kind} without appearance"
            if {"/A", "/AA"} & set(one.keys()) and kind == "/Widget":
                yield "A 6.4.1 field with an action"
            owner = owners.get(int(one.get("/StructParent", -1)))
            wanted = {"/Widget": "/Form", "/Link": "/Link"}.get(kind, "/Annot")
            if owner is None or str(owner.S) != wanted:
                yield f"UA 7.18.1 {kind} is not in a {wanted} element"
            if not str(one.get("/Contents", "")) and not str(one.get("/TU", "")):
                yield f"UA 7.18.1 {kind} has no words"


def _fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    for font in (one for one in pdf.objects if isinstance(one, Dictionary)):
        if font.get("/Type") != Name.Font or font.get("/Subtype") != Name.Type0:
            if font.get("/Type") == Name.Font and "/FontDescriptor" not in font:
                yield f"A 6.2.11.4 font {font.get('/BaseFont')} is not embedded"
            continue
        (below,) = font.DescendantFonts
        name, descriptor = str(font.BaseFont), below.FontDescriptor
        if str(font.get("/Encoding")) != "/Identity-H":
            yield f"A 6.2.11.3 {name}: encoding {font.get('/Encoding')}"
        if not re.match(r"/[A-Z]{6}\+", name) or (
            name != str(below.BaseFont) and below.Subtype == Name.CIDFontType2
        ):
            yield f"A 6.2.11 {name}: name without a subset's mark"
        if below.Subtype != Name.CIDFontType2 or "/FontFile2" not in descriptor:
            yield f"A 6.2.11.4 {name}: no TrueType outlines embedded"
            continue
        if str(below.get("/CIDToGIDMap", "")) != "/Identity":
            yield f"A 6.2.11.3.2 {name}: no map from CID to glyph"
        yield from _widths(name, below)
        mapped = font.ToUnicode.read_bytes().decode("latin-1") if "/ToUnicode" in font else ""
        targets = re.findall(r"<[0-9A-Fa-f]{4}>\s*<([0-9A-Fa-f]+)>", mapped)
        if not targets or {"0000", "FEFF", "FFFE"} & {target.upper() for target in targets}:
            yield f"A 6.2.11.7 {name}: glyphs without a character"


def _widths(name: str, font: pikepdf.Object) -> Iterator[str]:
    """Yield each glyph whose width in the PDF is not that in its font program, by more than a thousandth."""
    program = TTFont(BytesIO(font.FontDescriptor.FontFile2.read_bytes()), lazy=True)
    unit = 1000 / program["head"].unitsPerEm
    advances = [program["hmtx"][glyph][0] * unit for glyph in program.getGlyphOrder()]
    entries = list(font.get("/W", ()))
    while entries:
        first, second = int(entries.pop(0)), entries.pop(0)
        if isinstance(second, Array):
            pairs = enumerate((float(width) for width in second), start=first)
        else:
            width = float(entries.pop(0))
            pairs = ((cid, width) for cid in range(first, int(second) + 1))
        for cid, width in pairs:
            if cid >= len(advances) or abs(advances[cid] - width) > 1:
                yield f"A 6.2.11.5 {name}: width of glyph {cid}"
