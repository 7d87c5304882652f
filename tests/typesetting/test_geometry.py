"""The official layout of GB/T 9704-2012, measured in the PDFs: places within 0.5 mm, pitches and sizes within 0.1 pt.

Each test runs over both demonstration reports and over one bound with cover, contents and charts.
"""

from dataclasses import replace
from itertools import pairwise

import pypdfium2
import pytest

from perfeval.documents.building import build
from perfeval.documents.document import BodyTable, Heading, Paragraph
from tests.typesetting.documents import demo_snapshot, make
from tests.typesetting.measuring import PT_PER_MM, Line, is_of_number, lines, number_of, squeezed

MM = 0.5 * PT_PER_MM
PT = 0.1
LEFT, RIGHT = 28 * PT_PER_MM, (210 - 26) * PT_PER_MM
TOP, BOTTOM = 37 * PT_PER_MM, (297 - 35) * PT_PER_MM
LINE_PITCH = 225 * PT_PER_MM / 22
CHARACTER_PITCH = 156 * PT_PER_MM / 28
BODY_PT, NUMBER_PT = 16, 14
CHARTS = ("chart.score_by_group", "chart.points_lost", "chart.budget_actual")
COVER = ("广州市科学技术协会", "2022年4月")


@pytest.fixture(scope="module")
def bound():
    """A report with a cover, a table of contents and charts."""
    snapshot, scheme = demo_snapshot("guangzhou_2021")
    first, *others = scheme.outline
    asking = replace(scheme, outline=(replace(first, content=(*first.content, *CHARTS)), *others))
    return make(replace(build(snapshot, asking), cover=COVER, contents_title="目录"))


@pytest.fixture(scope="module", params=["zengcheng", "guangzhou", "bound"])
def report(request):
    return request.getfixturevalue(request.param)


def is_landscape(page) -> bool:
    return page.width > page.height


def front_of(report) -> int:
    """Return how many pages stand before page number 1."""
    return next(place for place, page in enumerate(report.pages) if number_of(page))


def body_of(report) -> list:
    """Return the numbered upright pages."""
    return [page for page in report.pages[front_of(report) :] if not is_landscape(page)]


def sheets_of(report) -> list:
    return [page for page in report.pages if is_landscape(page)]


def text_lines(page) -> list[Line]:
    """Return the lines of a page without its number."""
    return [line for line in lines(page) if not line.text.startswith("—") or line.middle < BOTTOM]


def row_of(line: Line) -> float:
    """Return the line's place on the page's lines: 0 for one in the middle of the first, 21 in that of the last."""
    return (line.middle - TOP) / LINE_PITCH - 0.5


def is_character(char: str) -> bool:
    """Return whether ``char`` is a Chinese character: neither a figure nor a mark."""
    return "一" <= char <= "龥"


def is_inner(line: Line, below: Line) -> bool:
    """Return whether the paragraph goes on below."""
    return below.left < LEFT + 1 and below.middle - line.middle < LINE_PITCH + 1


# --- Page and type area -----------------------------------------------------------------------------------------------


def test_pages_are_a4_and_the_score_sheet_lies(report):
    sizes = [(page.width / PT_PER_MM, page.height / PT_PER_MM) for page in report.pages]
    upright = len(report.pages) - len(sheets_of(report))
    expected = [(210, 297)] * upright + [(297, 210)] * len(sheets_of(report))
    assert len(sheets_of(report)) >= 2
    for size, wanted in zip(sizes, expected, strict=True):
        assert size == pytest.approx(wanted, abs=0.01)


def test_text_block_is_156_by_225_mm_with_margins_of_28_and_37(report):
    found = [line for page in body_of(report) for line in text_lines(page)]
    assert min(line.left for line in found) == pytest.approx(LEFT, abs=MM)
    assert max(line.right for line in found) == pytest.approx(RIGHT, abs=MM)
    # A line of 28.99 pt holds a character of 16 pt in its middle.
    body = [line for line in found if line.size == pytest.approx(BODY_PT, abs=PT)]
    assert min(line.middle for line in body) - LINE_PITCH / 2 == pytest.approx(TOP, abs=MM)
    assert max(line.middle for line in body) + LINE_PITCH / 2 == pytest.approx(BOTTOM, abs=MM)
    for page in body_of(report):
        for edge in [*page.lines, *page.rects]:
            assert edge["x0"] >= LEFT - MM
            assert edge["x1"] <= RIGHT + MM
            assert edge["top"] >= TOP - MM
            assert edge["bottom"] <= BOTTOM + MM


def test_score_sheet_stays_within_its_type_area(report):
    for page in sheets_of(report):
        edges = [*page.lines, *page.rects]
        assert min(edge["x0"] for edge in edges) == pytest.approx(35 * PT_PER_MM, abs=MM)
        assert max(edge["x1"] for edge in edges) == pytest.approx((297 - 37) * PT_PER_MM, abs=MM)
        assert min(edge["top"] for edge in edges) >= 28 * PT_PER_MM - MM
        assert max(edge["bottom"] for edge in edges) <= (210 - 26) * PT_PER_MM + MM


# --- Lines and characters ---------------------------------------------------------------------------------------------


def test_body_stands_on_the_lines_of_the_page(report):
    for page in body_of(report):
        for line in text_lines(page):
            if line.size == pytest.approx(BODY_PT, abs=PT):
                assert row_of(line) == pytest.approx(round(row_of(line)), abs=PT / LINE_PITCH)


def test_full_page_has_22_lines(report):
    """A page of text alone whose last paragraph goes on overleaf is full."""
    full = []
    for page, overleaf in pairwise(body_of(report)):
        found = text_lines(page)
        is_text = all(line.size == pytest.approx(BODY_PT, abs=PT) for line in found)
        first = text_lines(overleaf)[0]
        if is_text and first.left < LEFT + 1 and first.size == pytest.approx(BODY_PT, abs=PT):
            full.append([round(row_of(line)) for line in found])
    assert full
    assert full == [list(range(22))] * len(full)


def test_full_line_has_28_characters(report):
    """Of lines without figures: 28, or 26 behind the indent, 15.79 pt apart.

    A line is shorter where the character that would end it may not be parted from what comes next.
    """
    counts = []
    for page in body_of(report):
        for line, below in pairwise(lines(page, font="Fangsong")):
            is_tied = not all(is_character(char) for char in below.text[:2])
            if not is_inner(line, below) or is_tied or any(char.isascii() for char in line.text):
                continue
            indent = round((line.left - LEFT) / CHARACTER_PITCH)
            counts.append(indent + len(line.text))
            pitch = (line.chars[-1]["x0"] - line.chars[0]["x0"]) / (len(line.chars) - 1)
            assert pitch == pytest.approx(15.79, abs=0.01)
    assert len(counts) >= 10
    assert set(counts) == {28}


def test_paragraph_begins_two_characters_in(report):
    starts = {
        round(line.left - LEFT, 1)
        for page in body_of(report)
        for line in lines(page, font="Fangsong")
    }
    assert sorted(starts) == pytest.approx([0, 2 * CHARACTER_PITCH], abs=PT)


def test_page_of_characters_has_22_lines_of_28(plain):
    page = plain.pages[1]
    found = lines(page, font="Fangsong")
    full = [line for line in found if is_inner(found[0], line) or line.left < LEFT + 1]
    assert len(found) == 22
    assert {len(line.text) for line in full if line.right > RIGHT - 5} == {28}
    assert (found[-1].middle - found[0].middle) / 21 == pytest.approx(LINE_PITCH, abs=PT)
    assert found[0].middle - LINE_PITCH / 2 == pytest.approx(TOP, abs=MM)
    assert found[-1].middle + LINE_PITCH / 2 == pytest.approx(BOTTOM, abs=MM)


# --- Fonts and sizes --------------------------------------------------------------------------------------------------


class Reader:
    """Finds texts in the order of the content and tells font and size of their characters."""

    def __init__(self, pages):
        self.chars = [
            char
            for page in pages
            for char in page.chars
            if not char["text"].isspace() and not is_of_number(char)
        ]
        self.text = "".join(char["text"] for char in self.chars)
        self.place = 0

    def styles(self, text: str) -> set[tuple[str, float]]:
        """Return (font, size in pt) of the next place where ``text`` stands. Raises: ValueError when nowhere."""
        wanted = squeezed(text)
        start = self.text.index(wanted, self.place)
        self.place = start + len(wanted)
        return {
            (char["fontname"].partition("-")[2], round(char["size"], 1))
            for char in self.chars[start : self.place]
        }


HEADINGS = {1: ("Hei", 16), 2: ("Kai", 16), 3: ("Fangsong", 16), 4: ("Fangsong", 16)}


def test_every_element_has_its_font_and_size(report):
    document, reader = report.document, Reader(report.pages[front_of(report) :])
    expected = [(document.annex_mark, ("Hei", 16)), (document.title, ("Xiaobiaosong", 22))]
    for block in document.blocks:
        match block:
            case Heading():
                expected.append((block.number + block.text, HEADINGS[block.level]))
            case Paragraph():
                expected.append((block.text, ("Fangsong", 16)))
            case BodyTable():
                expected.append((block.caption, ("Hei", 14)))
                expected.append((block.unit, ("Song", 10.5)))
                expected += [(column.heading, ("Hei", 10.5)) for column in block.columns]
                own = slice(block.merged_columns, None)
                expected += [(cell, ("Song", 10.5)) for row in block.rows for cell in row[own]]
            case _:
                expected.append((block.caption, ("Hei", 14)))
    sheet = document.score_sheet
    expected += [(sheet.mark, ("Hei", 16)), (sheet.title, ("Xiaobiaosong", 22))]
    expected += [(column.heading, ("Hei", 9)) for column in sheet.columns]
    for row in sheet.rows:
        texts = (row.primary, row.standard, row.weight, row.points, row.reason)
        expected += [(text, ("Song", 9)) for text in texts[1:]]
    closing = (sheet.total_label, *((sheet.grade_label, sheet.grade) if sheet.grade else ()))
    expected += [(text, ("Hei", 9)) for text in closing]
    for text, style in expected:
        assert reader.styles(text) in ({style}, set()), text


def test_title_stands_centred_below_the_mark(report):
    found = text_lines(body_of(report)[0])
    title = [line for line in found if line.size == pytest.approx(22, abs=PT)]
    assert [line.text for line in title] == list(report.document.title_lines)
    for line in title:
        assert (line.left + line.right) / 2 == pytest.approx((LEFT + RIGHT) / 2, abs=MM)
    # On the third line below a mark (GB/T 9704-2012, 7.3.10), on the first without one.
    above = 2 if report.document.annex_mark else 0
    if above:
        assert found[0].text == report.document.annex_mark
        assert found[0].left == pytest.approx(LEFT, abs=MM)
        assert row_of(found[0]) == pytest.approx(0, abs=PT / LINE_PITCH)
    assert above <= row_of(title[0]) < above + 0.5
    assert title[1].middle - title[0].middle == pytest.approx(34, abs=PT)


# --- Page numbers -----------------------------------------------------------------------------------------------------


def test_page_numbers_stand_at_the_outer_side_one_character_in(report):
    for number, page in enumerate(body_of(report), start=1):
        chars = [char for char in number_of(page) if not char["text"].isspace()]
        assert "".join(char["text"] for char in chars) == f"—{number}—"
        assert {round(char["size"], 1) for char in chars} == {NUMBER_PT}
        if number % 2:
            assert chars[-1]["x1"] == pytest.approx(RIGHT - NUMBER_PT, abs=MM)
        else:
            assert chars[0]["x0"] == pytest.approx(LEFT + NUMBER_PT, abs=MM)


def test_page_number_dash_is_7_mm_below_the_type_area(report):
    scale = 10
    document = pypdfium2.PdfDocument(report.file.data)
    for place in (front_of(report), front_of(report) + 1):
        dash = next(char for char in number_of(report.pages[place]) if char["text"] == "—")
        page = document[place]
        width, height = page.get_size()
        # Only the dash is drawn: how much is left out at each side.
        around = (dash["x0"], height - dash["bottom"], width - dash["x1"], dash["top"])
        image = page.render(scale=scale, crop=around).to_pil().convert("L")
        ink = image.point(lambda shade: 255 if shade < 128 else 0).getbbox()
        middle = dash["top"] + (ink[1] + ink[3]) / 2 / scale
        assert middle - BOTTOM == pytest.approx(7 * PT_PER_MM, abs=MM)


def test_landscape_page_has_its_number_where_upright_pages_have_it(report):
    first = body_of(report)[0]
    upright = next(char for char in number_of(first) if char["text"] == "—")
    below = first.height - (upright["top"] + upright["bottom"]) / 2
    for number, page in enumerate(sheets_of(report), start=len(body_of(report)) + 1):
        chars = [char for char in page.chars if abs(char["matrix"][1]) > 0.5]
        chars = [char for char in chars if not char["text"].isspace()]
        chars.sort(key=lambda char: char["top"])
        assert "".join(char["text"] for char in chars) == f"—{number}—"
        # Turned upright, the left edge of this page is the foot and its lower edge the right side.
        assert (chars[0]["x0"] + chars[0]["x1"]) / 2 == pytest.approx(below, abs=PT)
        if number % 2:
            lower = (210 - 26) * PT_PER_MM - NUMBER_PT
            assert chars[-1]["bottom"] == pytest.approx(lower, abs=MM)
        else:
            assert chars[0]["top"] == pytest.approx(28 * PT_PER_MM + NUMBER_PT, abs=MM)


# --- Cover and contents -----------------------------------------------------------------------------------------------


def test_cover_stays_within_its_type_area(bound):
    cover = bound.pages[0]
    found = lines(cover)
    assert [line.text for line in found] == [*bound.document.title_lines, *COVER]
    assert {(line.font, round(line.size, 1)) for line in found[:-2]} == {
        ("Perfeval-Xiaobiaosong", 26)
    }
    assert {(line.font, round(line.size, 1)) for line in found[-2:]} == {("Perfeval-Kai", 16)}
    for line in found:
        assert (line.left + line.right) / 2 == pytest.approx((LEFT + RIGHT) / 2, abs=MM)
    # The date leaves two lines of the type area free.
    assert [round(row_of(line), 1) for line in found[-2:]] == [18, 19]
    assert number_of(cover) == []


def test_cover_looks_the_same_with_a_mark(bound):
    marked = make(replace(bound.document, annex_mark="附件2"))
    mark, *others = lines(marked.pages[0])
    assert (mark.text, mark.font, round(row_of(mark), 1)) == ("附件2", "Perfeval-Hei", 0)
    assert mark.left == pytest.approx(LEFT, abs=MM)
    assert [round(row_of(line), 1) for line in others[-2:]] == [18, 19]


def test_contents_fill_their_lines(bound):
    page = bound.pages[1]
    title, *entries = lines(page)
    assert (title.text, title.font, round(title.size, 1)) == ("目录", "Perfeval-Xiaobiaosong", 22)
    for line in entries:
        depth = round((line.left - LEFT) / CHARACTER_PITCH)
        assert (depth, line.font) in {(0, "Perfeval-Hei"), (2, "Perfeval-Fangsong")}
        assert line.right == pytest.approx(RIGHT, abs=MM)
        assert row_of(line) == pytest.approx(round(row_of(line)), abs=PT / LINE_PITCH)
    assert number_of(page) == []
