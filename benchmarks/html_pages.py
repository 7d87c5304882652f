"""The generated reports as HTML in the official layout, and what WeasyPrint makes of it.

``naive_pdf``: the page that anybody would write, what Chromium is given too. ``weasyprint_pdf``: our own page, which is made
to be quick already, set without anything else of ours.
"""

import logging
from datetime import UTC, datetime
from functools import cache
from html import escape
from typing import Any

from benchmarks.plain_pages import plain
from perfeval.documents.document import ReportDocument
from perfeval.fonts import choice as font_setup
from perfeval.fonts.choice import TypefaceRole
from perfeval.typesetting import markup
from perfeval.typesetting.layout import PDF_VARIANT, STYLE
from perfeval.typesetting.markup import sizes
from perfeval.typesetting.pages import as_data, first_cuts

_AT = datetime(2023, 4, 6, tzinfo=UTC)

_STYLE = """
@page { size: A4 portrait; margin: 37mm 26mm 35mm 28mm }
@page :right { @bottom-right { content: "— " counter(page) " —"; font: 14pt song } }
@page :left { @bottom-left { content: "— " counter(page) " —"; font: 14pt song } }
@page sheet { size: A4 landscape; margin: 28mm 37mm 26mm 35mm }
html { font: 16pt/28.99pt fangsong } body { margin: 0 }
p, h1, h2, h3, h4, h5 { margin: 0; font-size: 16pt; font-weight: 400 }
main { letter-spacing: -.2085pt; text-align: justify; overflow-wrap: anywhere; orphans: 1; widows: 1 }
main > p, h2, h3, h4, h5 { text-indent: 31.584pt; break-after: auto }
h2, h3, h4, h5 { break-after: avoid }
p.mark { text-indent: 0 } .mark, h2, th { font-family: hei } h3 { font-family: kai }
h1, .title { font: 22pt/34pt xiaobiaosong; text-align: center; text-indent: 0; letter-spacing: 0 }
h1 { padding: 29pt 0 } .title { padding-bottom: 12pt }
.table { break-inside: avoid }
.caption { display: flex; font: 14pt/28.99pt hei; text-align: center; letter-spacing: 0; text-indent: 0 }
.side { flex: 1 1 0 } .unit { font: 10.5pt/28.99pt song; text-align: right }
table { width: 100%; table-layout: fixed; border-collapse: collapse; font: 10.5pt/14.495pt song; letter-spacing: 0;
  text-indent: 0; text-align: center }
th, td { border: .5pt solid; padding: 3.12pt 3.5pt; font-weight: 400; vertical-align: middle }
tr { break-inside: avoid }
.sheet { page: sheet; break-before: page } .sheet table { font-size: 9pt; line-height: 11.3pt }
.sheet th, .sheet td { padding: 1.5pt 3.5pt }
.left { text-align: left } .right { text-align: right }
"""


@cache
def _style(*, with_font_files: bool) -> str:
    """Return the style with the pack's fonts, for Chromium with their files."""
    pack = font_setup.require_pack()
    style, faces = _STYLE, []
    for role in TypefaceRole:
        family = font_setup.PACK_FAMILIES[role][0]
        style = style.replace(f" {role.value}", f' "{family}"')
        file = pack.directory / pack.fonts[family].file
        faces.append(f'@font-face {{ font-family: "{family}"; src: url("file://{file}") }}')
    return "\n".join([*faces, style]) if with_font_files else style


def as_html(document: ReportDocument, *, with_font_files: bool) -> str:
    """Return the document as one HTML page. ``with_font_files``: the fonts are read from the pack's files."""
    data = plain(document)
    parts = [f'<p class="mark">{escape(data["mark"])}</p>']
    parts.append(f"<h1>{'<br>'.join(map(escape, data['title_lines']))}</h1>")
    for block in data["blocks"]:
        match block["kind"]:
            case "heading":
                level = block["level"] + 1
                parts.append(f"<h{level}>{escape(block['text'])}</h{level}>")
            case "paragraph":
                parts.append(f"<p>{escape(block['text'])}</p>")
            case "table":
                parts.append(
                    f'<div class="table"><div class="caption"><span class="side"></span>{escape(block["caption"])}'
                    f'<span class="side unit">{escape(block["unit"])}</span></div>{_table(block)}</div>'
                )
    sheet = data["sheet"]
    sections = [f'<section class="sheet">{_table(page)}</section>' for page in sheet["pages"]]
    title = "<br>".join(map(escape, sheet["title_lines"]))
    opening = f'<p class="mark">{escape(sheet["mark"])}</p><h2 class="title">{title}</h2>'
    sections[0] = sections[0].replace("<table>", f"{opening}<table>", 1)
    return (
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(document.title)}</title>'
        f"<style>{_style(with_font_files=with_font_files)}</style></head>"
        f"<body><main>{''.join(parts)}</main>{''.join(sections)}</body></html>"
    )


def _table(grid: dict[str, Any]) -> str:
    columns = "".join(f'<col style="width: {width}%">' for width in grid["widths"])
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in grid["head"])
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in grid["rows"])
    return f"<table><colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(cell: dict[str, Any]) -> str:
    spans = f'rowspan="{cell["row_span"]}" colspan="{cell["column_span"]}"'
    return f'<td class="{cell["align"]}" {spans}>{escape(cell["text"])}</td>'


@cache
def _configuration() -> Any:
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415  reads the fonts' configuration

    for name in ("weasyprint", "fontTools"):
        logging.getLogger(name).setLevel(logging.ERROR)
    return FontConfiguration()


def naive_pdf(document: ReportDocument) -> bytes:
    """Return the PDF that WeasyPrint, as it comes, makes of the page that anybody would write: tagged, PDF/A-3a."""
    import weasyprint  # noqa: PLC0415  the fonts must be arranged first

    data: bytes = weasyprint.HTML(string=as_html(document, with_font_files=False)).write_pdf(
        font_config=_configuration(), pdf_variant=PDF_VARIANT, pdf_identifier=b"benchmark"
    )
    return data


def weasyprint_pdf(document: ReportDocument) -> bytes:
    """Return the PDF that WeasyPrint, as it comes, makes of our own pages: one document, tagged, PDF/A-3a.

    The same markup and layout as ours, without patches, kept parts and finishing, with its own ground style.
    """
    import weasyprint  # noqa: PLC0415  the fonts must be arranged first

    data = as_data(document, created_at=_AT, images={}, cuts=first_cuts(document))
    style = font_setup.css_variables() + STYLE.read_text(encoding="utf-8") + sizes(data)
    data_pdf: bytes = weasyprint.HTML(string=markup.as_html(data)).write_pdf(
        stylesheets=[weasyprint.CSS(string=style, font_config=_configuration())],
        font_config=_configuration(),
        pdf_variant=PDF_VARIANT,
        pdf_identifier=b"benchmark",
    )
    return data_pdf
