"""Hold every part of the Word and Excel files against the published schemas: ``python -m benchmarks.office_schemas FOLDER``.

Word calls a file unreadable when an element stands in the wrong place, and does not say which. FOLDER holds the
transitional schemas of ECMA-376 (wml.xsd, dml-main.xsd, sml.xsd and what they include, with opc-relationships.xsd and
opc-contentTypes.xsd in opc-xsd); they are Ecma's and not part of this repository. Shapes in the notation of Word 2010 are in no
published schema: what stands inside them is left out, but for their text.
"""

import os
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perfeval.settings")
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
django.setup()

from lxml import etree  # noqa: E402

from benchmarks.office_text import CASES, library_snapshot, say  # noqa: E402
from perfeval.documents.building import build  # noqa: E402
from perfeval.office.word.writing import as_word  # noqa: E402
from perfeval.office.workbook.writing import as_workbook  # noqa: E402
from tests.scoring.building import SCHEMES  # noqa: E402
from tests.typesetting.documents import AT, demo_snapshot  # noqa: E402

_MAIN = "http://schemas.openxmlformats.org"
_SCHEMAS = {
    "http://www.w3.org/XML/1998/namespace": "xml.xsd",
    f"{_MAIN}/wordprocessingml/2006/main": "wml.xsd",
    f"{_MAIN}/drawingml/2006/main": "dml-main.xsd",
    f"{_MAIN}/spreadsheetml/2006/main": "sml.xsd",
    "urn:schemas-microsoft-com:vml": "vml-main.xsd",
    f"{_MAIN}/officeDocument/2006/extended-properties": "shared-documentPropertiesExtended.xsd",
    f"{_MAIN}/package/2006/relationships": "opc-xsd/opc-relationships.xsd",
    f"{_MAIN}/package/2006/content-types": "opc-xsd/opc-contentTypes.xsd",
}
_XML_ATTRIBUTES = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
 targetNamespace="http://www.w3.org/XML/1998/namespace">
 <xs:attribute name="lang" type="xs:string"/><xs:attribute name="space" type="xs:NCName"/></xs:schema>"""
_ALTERNATIVE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_WORD = f"{{{_MAIN}/wordprocessingml/2006/main}}"
_GRAPHIC = f"{{{_MAIN}/drawingml/2006/main}}graphicData"


def schema_of(folder: Path) -> etree.XMLSchema:
    """Return one schema of all the files."""
    with tempfile.TemporaryDirectory() as scratch:
        own = Path(scratch) / "xml.xsd"
        own.write_text(_XML_ATTRIBUTES, encoding="utf-8")
        imports = "".join(
            f'<xs:import namespace="{namespace}" schemaLocation="{own if name == own.name else folder / name}"/>'
            for namespace, name in _SCHEMAS.items()
        )
        text = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
        return etree.XMLSchema(etree.fromstring(text))


def files() -> Iterator[tuple[str, bytes]]:
    """Yield the files: demonstration reports, one of them with everything, and a workbook of each scheme."""
    for code in CASES:
        for is_empty in (False, True):
            snapshot, scheme = demo_snapshot(code, is_empty=is_empty)
            mark = "草稿" if is_empty else ""
            document = build(snapshot, scheme, watermark=mark)
            name = f"{code}{mark}"
            yield f"{name}.docx", as_word(document, created_at=AT)
            yield f"{name}.xlsx", as_workbook(snapshot, scheme, document, created_at=AT)
    snapshot, scheme = demo_snapshot(CASES[0])
    first, *others = scheme.outline
    charts = ("chart.score_by_group", "chart.points_lost", "chart.budget_actual")
    asking = replace(scheme, outline=(replace(first, content=(*first.content, *charts)), *others))
    document = replace(build(snapshot, asking), cover=("封面",), contents_title="目录")
    yield "cover, contents, charts.docx", as_word(document, created_at=AT)
    for code in sorted(file.stem for file in SCHEMES.glob("*.toml") if file.stem not in CASES):
        snapshot, scheme = library_snapshot(code)
        data = as_workbook(snapshot, scheme, build(snapshot, scheme), created_at=AT)
        yield f"{code}.xlsx", data


def pieces(part: bytes) -> Iterator[etree._Element]:
    """Yield what can be held against the schemas: the part without its shapes, and each shape's text."""
    root = etree.fromstring(part)
    for choice in list(root.iter(_ALTERNATIVE)):
        parent, place = choice.getparent(), choice.getparent().index(choice)
        parent[place : place + 1] = list(choice[0])
    for graphic in root.iter(_GRAPHIC):
        for content in graphic.iter(f"{_WORD}txbxContent"):
            page = etree.Element(f"{_WORD}document")
            etree.SubElement(page, f"{_WORD}body").extend(list(content))
            yield etree.fromstring(etree.tostring(page))
        del graphic[:]
    yield etree.fromstring(etree.tostring(root))


def main(folder: Path) -> int:
    """Check every file and print what is wrong; return how many parts are."""
    schema, wrong = schema_of(folder), 0
    for name, data in files():
        with zipfile.ZipFile(BytesIO(data)) as archive:
            # Dublin Core's terms are in a schema of their own.
            parts = [part for part in archive.namelist() if part != "docProps/core.xml"]
            for part in parts:
                for piece in pieces(archive.read(part)):
                    if not schema.validate(piece):
                        wrong += 1
                        say(f"  {name} {part}: {schema.error_log.last_error}")
        say(f"{name}: {len(parts)} parts")
    say(f"{wrong} faults")
    return wrong


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(1 if main(Path(sys.argv[1])) else 0)
