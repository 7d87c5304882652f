"""The data of a document (``pages.as_data``) as the HTML that WeasyPrint lays out. Every text is escaped here.

Plain strings, no template engine: a process that only lays out needs no Django, and 300 rows are written in milliseconds.
"""

import math
import re
from collections.abc import Iterator
from html import escape
from itertools import pairwise
from typing import Any

from perfeval.documents.tables import GRID_PT
from perfeval.text.ties import Parts
from perfeval.typesetting.pages import Data

#: The addresses under which the page finds its pictures; nothing else may be loaded.
ASSET_SCHEME = "report-asset"
#: Where the body begins; the pages before it bear no number.
BODY_ID = "body"
_EVEN = " class='even'"
#: The class of a row below which no page may end.
KEPT_ROW = "kept"
_WORD_JOINER, _BREAK_ALLOWED = "\u2060", "\u200b"
#: What may stand in no XML.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TITLE_ABOVE_PT = 4.0
#: Characters of a last paragraph that may take no more than two lines.
_SHORT_ENDING = 54
#: Characters in a block of a very long cell.
_BLOCK = 500


def as_html(data: Data) -> str:
    """Return the document as one HTML page, which is XML too: that is read in a tenth of the time."""
    return _CONTROL.sub("\ufffd", "".join(_document(data)))


def sizes(data: Any) -> str:
    """Return the rules of the classes that give rows their height, columns their width, tables the gap below.

    Classes, not ``style`` attributes: elements with the same classes share one computed style, and computing styles
    was an eighth of the time of a long report.
    """
    tables = [block for block in data["blocks"] if block["kind"] == "table"]
    grids = [*tables, *data["sheet"]["pages"]]
    heights = {row["height"] for grid in grids for row in (grid["head"], *grid["rows"])}
    widths = {width for grid in grids for width in grid["widths"]}
    rules = [
        *(f".{_height_class(height)} {{ height: {height}pt }}" for height in sorted(heights)),
        *(f".w{width} {{ width: {width}% }}" for width in sorted(widths)),
        *(
            f".{_gap_class(gap)} {{ margin-bottom: {gap}pt }}"
            for gap in sorted(set(map(_gap, tables)))
        ),
    ]
    return "\n".join([*rules, ""])


def _height_class(height: float) -> str:
    return f"h{round(height * 1000)}"


def _gap_class(gap: float) -> str:
    return f"g{round(gap * 1000)}"


def _gap(table: Any) -> float:
    """Return the space in pt below a table: what comes next stands on the lines of the page again."""
    height = table["head"]["height"] + sum(row["height"] for row in table["rows"])
    return round(math.ceil(round(height / GRID_PT, 3)) * GRID_PT - height, 3)


def shown(parts: Parts) -> str:
    """Return a text with invisible marks that tie a figure to its unit and free breaks, escaped.

    Neither mark has a glyph, so neither is in the text that is copied from the PDF.
    """
    if isinstance(parts, str):
        return escape(parts)
    return "".join(_shown(part) for part in parts)


def _shown(part: str | list[str] | int) -> str:
    if isinstance(part, int):
        return _BREAK_ALLOWED
    if isinstance(part, str):
        return escape(part)
    (text,) = part
    tied = text[:1]
    for before, after in pairwise(text):
        # A line never breaks between two ASCII figures or signs of one number.
        tied += after if before.isascii() and after.isascii() else _WORD_JOINER + after
    return escape(tied)


def as_head(data: Any) -> str:
    """Return a page without content that tells what the file is called, by whom, and of when."""
    at = data["created_at"]
    stamp = (
        f"{at['year']:04}-{at['month']:02}-{at['day']:02}"
        f"T{at['hour']:02}:{at['minute']:02}:{at['second']:02}Z"
    )
    return _CONTROL.sub(
        "\ufffd",
        f'<!DOCTYPE html><html lang="{escape(data["language"])}"><head>'
        f"<title>{escape(data['title'])}</title>"
        f'<meta name="author" content="{escape(data["author"])}"/>'
        f'<meta name="description" content="{escape(data["subject"])}"/>'
        f'<meta name="dcterms.created" content="{stamp}"/><meta name="dcterms.modified" content="{stamp}"/>'
        "</head><body></body></html>",
    )


def _document(data: Any) -> Iterator[str]:
    is_even = data["number"] % 2 == 0
    yield f'<!DOCTYPE html><html lang="{escape(data["language"])}"{_EVEN * is_even}><head></head><body>'
    if data["has_body"]:
        if data["cover"]:
            yield from _cover(data)
        if data["contents"]:
            yield from _contents(data)
        is_after = bool(data["cover"] or data["contents"])
        yield f"<main id='{BODY_ID}' class='{'after-front' if is_after else ''}'>"
        yield from _body(data)
        yield "</main>"
    if data["has_sheet"]:
        yield from _sheet(data["sheet"])
    yield "</body></html>"


def _lines(lines: Any) -> str:
    return "".join(f"<span class='title-line'>{escape(line)}</span>" for line in lines)


# --- Before the body ----------------------------------------------------------------------------------------------


def _cover(data: Any) -> Iterator[str]:
    yield "<section class='front cover'>"
    if data["mark"]:
        yield f"<p class='mark'>{escape(data['mark'])}</p>"
    yield f"<p class='cover-title'>{_lines(data['title_lines'])}</p>"
    yield f"<p class='cover-lines'>{_lines(data['cover'])}</p></section>"


def _contents(data: Any) -> Iterator[str]:
    yield f"<section class='front contents'><p class='contents-title'>{escape(data['contents'])}</p>"
    for place, block in enumerate(data["blocks"]):
        if block["kind"] == "heading" and block["tag"] <= 2:
            yield (
                f"<p class='entry-{block['tag']}'><a href='#h{place}'><span>{escape(block['text'])}</span></a></p>"
            )
    if data["has_sheet"]:
        yield (
            f"<p class='entry-1'><a href='#sheet'><span>{escape(''.join(data['sheet']['title_lines']))}</span></a></p>"
        )
    yield "</section>"


# --- Body ---------------------------------------------------------------------------------------------------------


def _body(data: Any) -> Iterator[str]:
    if data["mark"]:
        yield f"<p class='mark'>{escape(data['mark'])}</p>"
    below = round(data["title_height"] - 34 * len(data["title_lines"]) - _TITLE_ABOVE_PT, 3)
    yield (
        f"<h1 class='title' style='padding:{_TITLE_ABOVE_PT}pt 0 {below}pt'>{_lines(data['title_lines'])}</h1>"
    )
    for place, block in enumerate(data["blocks"]):
        match block["kind"]:
            case "paragraph":
                yield f"<p{_ending(data['blocks'], place)}>{shown(block['text'])}</p>"
            case "heading":
                tag = f"h{block['tag'] + 1}"
                yield (
                    f"<{tag} id='h{place}' class='level-{block['level']}'>{escape(block['text'])}</{tag}>"
                )
            case "table":
                yield from _table(block)
            case "chart":
                yield (
                    f'<figure><img src="{ASSET_SCHEME}:chart-{place}.svg" alt="{escape(block["told"])}" '
                    f'style="height: {block["height"]}pt">'
                    f"<figcaption>{escape(block['caption'])}</figcaption></figure>"
                )


def _ending(blocks: Any, place: int) -> str:
    """Return the class of a paragraph that must not leave a line or two on the last page of the body."""
    kinds = [block["kind"] for block in blocks[place : place + 3]]
    if kinds == ["paragraph"]:
        follows_text = place > 0 and blocks[place - 1]["kind"] == "paragraph"
        is_short = follows_text and _length(blocks[place]["text"]) <= _SHORT_ENDING
        return " class='ending short'" if is_short else " class='ending'"
    return " class='before-ending'" if kinds == ["paragraph", "paragraph"] else ""


def _length(parts: Parts) -> int:
    texts = [parts] if isinstance(parts, str) else parts
    return sum(len("".join(text)) for text in texts if not isinstance(text, int))


def _table(table: Any) -> Iterator[str]:
    is_continued = table["first_row"] > 0
    css = f"table {_gap_class(_gap(table))}" + (" continued" if is_continued else "")
    yield f"<div class='{css}'>"
    if not is_continued:
        yield (
            f"<p class='caption'><span class='side'></span><span>{escape(table['caption'])}</span>"
            f"<span class='side unit'>{escape(table['unit'])}</span></p>"
        )
    yield from _grid(table)
    yield "</div>"


def _grid(table: Any) -> Iterator[str]:
    yield "<table><colgroup>"
    yield from (f"<col class='w{width}'/>" for width in table["widths"])
    yield "</colgroup><thead>"
    yield f"<tr class='{_height_class(table['head']['height'])}'>"
    for place, cell in enumerate(table["head"]["cells"]):
        css = "center" if place else "center first"
        yield f"<th class='{css}' scope='col'>{shown(cell['text'])}</th>"
    yield "</tr></thead><tbody>"
    for number, row in enumerate(table["rows"], start=table["first_row"]):
        is_long = any(cell["is_long"] for cell in row["cells"])
        css = "total" if row["is_total"] else "long" if is_long else ""
        css += f" {KEPT_ROW}" if row["is_kept"] else ""
        # A row of more than a page has the height that its lines need, page by page.
        height = "" if is_long else _height_class(row["height"])
        # WeasyPrint makes a row with a height of its own as high as each label that ends in it, though the label has
        # the room of all its rows. Such a row gets its height from its last cell.
        at_row, at_cell = ("", height) if row["ends_label"] else (height, "")
        watched = f" data-table='{table['position']}' data-row='{number}'" * table["is_watched"]
        yield f"<tr class='{css} {at_row}'{watched}>"
        *others, last = row["cells"]
        for cell in others:
            yield _cell(cell)
        yield _cell(last, at_cell)
        yield "</tr>"
    yield "</tbody></table>"


def _cell(cell: Any, height: str = "") -> str:
    css = cell["align"] if cell["column"] else f"{cell['align']} first"
    css += f" {height}" if height else ""
    spans = ""
    if cell["row_span"] > 1:
        spans += f" rowspan='{cell['row_span']}'"
    if cell["column_span"] > 1:
        spans += f" colspan='{cell['column_span']}'"
    text = _blocks(cell["text"]) if cell["is_long"] else shown(cell["text"])
    return f"<td class='{css}'{spans}>{text}</td>"


def _blocks(parts: Parts) -> str:
    """Return a very long text in blocks: the time for one line grows with the length of its block."""
    blocks, size = [""], 0
    for part in [parts] if isinstance(parts, str) else parts:
        pieces = (
            [part[start : start + _BLOCK] for start in range(0, len(part), _BLOCK)]
            if isinstance(part, str)
            else [part]
        )
        for piece in pieces:
            if size >= _BLOCK:
                blocks.append("")
                size = 0
            blocks[-1] += _shown(piece)
            size += (
                1 if isinstance(piece, int) else len(piece if isinstance(piece, str) else piece[0])
            )
    return "".join(f"<div>{block}</div>" for block in blocks)


# --- Score sheet --------------------------------------------------------------------------------------------------


def _sheet(sheet: Any) -> Iterator[str]:
    for page in sheet["pages"]:
        yield "<section class='sheet'>"
        if page["first_row"] == 0:
            yield (
                f"<p class='mark'>{escape(sheet['mark'])}</p>"
                f"<h2 id='sheet' class='sheet-title'>{_lines(sheet['title_lines'])}</h2>"
            )
        yield from _grid(page)
        yield "</section>"
