"""Whether a file may bear both claims, PDF/A-3a and PDF/UA-1: what a validator finds, and what it does not look for.

The validator is a library that knows 260 rules. Beside it stand the clauses that a file of ours could break, written
from the standards: they agree with the reference validator where the library is silent (graphics states), and see what
no validator asks for (bookmarks, both places of the metadata, dates of attachments). ``violations`` returns every
breach with its clause; ``our_violations`` those that our own checks see.
Source: ISO 19005-3:2012; ISO 14289-1:2014 with the Matterhorn Protocol 1.1; ISO 32000-1:2008.
"""

import re
from collections.abc import Iterator
from io import BytesIO

import page
import pikepdf
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name

from tests.typesetting import conformance_content, conformance_metadata, conformance_tags

#: The library takes a packed stream that happens to end in a carriage return for one longer than it says; qpdf knows better.
_MISTAKEN = {"PDFA3A-STREAM-LENGTH-001"}
_ACTIONS = {"/GoTo", "/URI"}
_BLEND_MODES = {"/Normal", "/Compatible", "/Multiply"}
_INTEGERS, _LONGEST_STRING, _LONGEST_NAME = 2**31, 32_767, 127


def violations(data: bytes) -> list[str]:
    """Return every breach found in the file, none for a file that may bear both claims."""
    found = [
        f"{profile}: {one.message}"
        for profile in ("3a", "ua1")
        for one in page.validate_pdf_bytes(data, profile=profile).failures
        if one.rule_id not in _MISTAKEN
    ]
    return found + our_violations(data)


def our_violations(data: bytes) -> list[str]:
    """Return every breach that our own checks find."""
    with pikepdf.open(BytesIO(data)) as pdf:
        checks = (
            _file(pdf, data),
            _catalog(pdf),
            conformance_metadata.metadata(pdf),
            _colours(pdf),
            _forbidden(pdf),
            _graphics(pdf),
            _limits(pdf),
            _attachments(pdf),
            _annotations(pdf),
            _fonts(pdf),
            conformance_tags.structure(pdf),
            conformance_content.content(pdf),
            conformance_content.operators(pdf),
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
    yield from (f"A 6.1 {problem}" for problem in pdf.check_pdf_syntax())
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
    if not conformance_tags.is_language(str(root.get("/Lang", ""))):
        yield "UA 7.2 no language"
    mark = root.get("/MarkInfo", {})
    if mark.get("/Marked") is not True or mark.get("/Suspects", False):
        yield "UA 7.1 not marked, or suspect"
    if root.get("/ViewerPreferences", {}).get("/DisplayDocTitle") is not True:
        yield "UA 7.1 title is not displayed"
    if {"/OCProperties", "/Requirements", "/NeedsRendering"} & set(root.keys()):
        yield "A 6.4, 6.9, 6.11 entry of the catalog that is not allowed"
    for one_page in pdf.pages:
        if one_page.obj.get("/Tabs") != Name.S:
            yield "UA 7.18.3 tab order is not that of the structure"
        if "/PresSteps" in one_page.obj:
            yield "A 6.10 page with steps of a presentation"


def _colours(pdf: pikepdf.Pdf) -> Iterator[str]:
    intents = list(pdf.Root.get("/OutputIntents", ()))
    if len(intents) != 1 or Name("/GTS_PDFA1") != intents[0].S:
        yield "A 6.2.3 not exactly one output intent"
        return
    profile = intents[0].DestOutputProfile
    icc = profile.read_bytes()
    if profile.N != 3 or icc[36:40] != b"acsp" or icc[16:20] != b"RGB " or icc[8] > 4:
        yield "A 6.2.3 no RGB profile of version 4 or below"
    if icc[12:16] not in (b"mntr", b"prtr"):
        yield "A 6.2.3 profile is of no output device"


def _everything(pdf: pikepdf.Pdf) -> Iterator[tuple[str, pikepdf.Object]]:
    """Yield each value of the file once, with the key under which it stands, "" for an object of its own."""
    waiting = [("", found) for found in pdf.objects]
    while waiting:
        key, found = waiting.pop()
        yield key, found
        if isinstance(found, Dictionary | pikepdf.Stream):
            below = list(found.items())
        elif isinstance(found, Array):
            below = [(key, one) for one in found]
        else:
            continue
        # What is an object of its own comes by itself.
        waiting += [one for one in below if not getattr(one[1], "is_indirect", False)]


def _forbidden(pdf: pikepdf.Pdf) -> Iterator[str]:
    for key, found in _everything(pdf):
        if not isinstance(found, Dictionary | pikepdf.Stream):
            continue
        keys = set(found.keys())
        is_action = key in ("/OpenAction", "/Next") or (key == "/A" and "/S" in keys)
        if is_action and str(found.get("/S")) not in _ACTIONS:
            yield f"A 6.5.1 action {found.get('/S')}"
        if key == "/AA":
            yield "A 6.4.1, 6.5.2 additional actions"
        if found.get("/Subtype") == Name.Image and (
            found.get("/Interpolate") is True
            or "/Alternates" in keys
            or int(found.get("/BitsPerComponent", 1)) not in (1, 2, 4, 8, 16)
        ):
            yield "A 6.2.8 picture interpolated, with alternates or of odd depth"
        if (
            found.get("/Subtype") == Name.PS
            or found.get("/Subtype2") == Name.PS
            or {"/OPI", "/Ref", "/PS"} & keys
        ):
            yield "A 6.2.9 XObject that is not allowed"
    root = pdf.Root
    names = root.get("/Names", {})
    if {"/JavaScript", "/AlternatePresentations"} & set(names.keys()):
        yield "A 6.5, 6.10 names that are not allowed"
    form = root.get("/AcroForm", {})
    if form.get("/NeedAppearances", False) or "/XFA" in form:
        yield "A 6.4 form without appearances, or XFA"
    if set(root.get("/Perms", {}).keys()) - {"/UR3", "/DocMDP"}:
        yield "A 6.1.12 permissions that are not allowed"
    version = str(root.get("/Version", "/1.7"))
    if not re.fullmatch(r"/1\.[0-7]", version):
        yield f"A 6.1.2 the catalog says version {version}"


def _graphics(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Yield breaches in the graphics states; they need not say their type, so they are found where they are used."""
    states = [
        state
        for key, found in _everything(pdf)
        if isinstance(found, Dictionary | pikepdf.Stream)
        for state in found.get("/ExtGState", Dictionary()).values()
        if key != "/ExtGState"
    ]
    for state in states:
        if {"/TR", "/HTP", "/HT"} & set(state.keys()) or str(
            state.get("/TR2", "/Default")
        ) != "/Default":
            yield "A 6.2.5 transfer function or halftone"
        if str(state.get("/BM", "/Normal")) not in _BLEND_MODES:
            yield f"A 6.2.10 blend mode {state.BM}"


def _limits(pdf: pikepdf.Pdf) -> Iterator[str]:
    for key, found in _everything(pdf):
        if isinstance(found, int) and not -_INTEGERS <= found < _INTEGERS:
            yield f"A 6.1.13 {key} is {found}"
        if isinstance(found, pikepdf.String) and len(bytes(found)) > _LONGEST_STRING:
            yield f"A 6.1.13 {key} is too long a string"
        names = [found] if isinstance(found, Name) else []
        names += list(found.keys()) if isinstance(found, Dictionary | pikepdf.Stream) else []
        if any(len(str(name).encode()) > _LONGEST_NAME + 1 for name in names):
            yield f"A 6.1.13 {key} has too long a name"
    for one_page in pdf.pages:
        left, bottom, right, top = (float(edge) for edge in one_page.mediabox)
        if not (3 <= right - left <= 14_400 and 3 <= top - bottom <= 14_400):
            yield "A 6.1.13 page too small or too large"


def _attachments(pdf: pikepdf.Pdf) -> Iterator[str]:
    related = {one.objgen for one in pdf.Root.get("/AF", ())}
    for name, one in pdf.attachments.items():
        specification = one.obj
        if specification.objgen not in related:
            yield f"A 6.8 {name} is not tied to the document"
        needed = ("/F", "/UF", "/EF", "/AFRelationship", "/Desc")
        if not all(name in specification and str(specification[name]) for name in needed):
            yield f"A 6.8, UA 7.11 {name} lacks F, UF, EF, AFRelationship or Desc"
        if not re.fullmatch(r"/\w+/[\w.+-]+", str(specification.EF.F.get("/Subtype", ""))):
            yield f"A 6.8 {name} has no media type"
        if "/ModDate" not in specification.EF.F.get("/Params", {}):
            yield f"A 6.8 {name} has no date"


def _annotations(pdf: pikepdf.Pdf) -> Iterator[str]:
    owners = conformance_tags.parents(pdf)
    for one_page in pdf.pages:
        for one in one_page.obj.get("/Annots", ()):
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
            if not isinstance(owner, Dictionary) or str(owner.S) != wanted:
                yield f"UA 7.18.1 {kind} is not in a {wanted} element"
            if kind == "/Link" and str(one.get("/Contents", "")) == str(one.get("/Dest")):
                yield f"UA 7.18.5 a link is named by its target {one.Dest}"
            if not str(one.get("/Contents", "")) and not str(one.get("/TU", "")):
                yield f"UA 7.18.1 {kind} has no words"


def _fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    for font in (one for _, one in _everything(pdf) if isinstance(one, Dictionary)):
        if font.get("/Type") != Name.Font or str(font.get("/Subtype"))[:8] == "/CIDFont":
            continue
        if font.get("/Subtype") != Name.Type0 or "/BaseFont" not in font:
            yield f"A 6.2.11.4 font {font.get('/BaseFont')} is none of ours"
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
        if "/CIDSet" in descriptor or "/Subtype" in descriptor.FontFile2:
            yield f"A 6.2.11.2, 6.2.11.4.2 {name}: a set of CIDs, or a program of another kind"
        if str(below.get("/CIDToGIDMap", "")) != "/Identity":
            yield f"A 6.2.11.3.2 {name}: no map from CID to glyph"
        yield from _widths(name, below)


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
