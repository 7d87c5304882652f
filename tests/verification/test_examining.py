"""What an examination finds in a PDF that was changed, and that it finds nothing in one that was not."""

import json
import re
from dataclasses import replace
from decimal import Decimal

import pikepdf
import pytest

from perfeval.documents.building import build
from perfeval.documents.charts import report_charts
from perfeval.documents.document import BodyTable, Chart, ScoreRow, TableColumn
from perfeval.documents.printed import front, printed
from perfeval.reading.contents import Unreadable
from perfeval.reading.limited.pdf_report import contents_of
from perfeval.scoring.canonical import content_hash, scheme_as_json, scheme_from_json
from perfeval.scoring.engine import score
from perfeval.snapshots.earlier import earlier_year
from perfeval.snapshots.snapshot import read_snapshot
from perfeval.typesetting import pdf
from perfeval.verification.examining import examine
from perfeval.verification.pages import compare
from perfeval.verification.sandbox import examine_safely
from tests.typesetting.conformance import violations
from tests.typesetting.documents import AT, demo_snapshot, small_document
from tests.typesetting.documents import official as official_of
from tests.verification import tampering


def codes(data: bytes) -> list[str]:
    return [one.code for one in examine(data).findings]


def test_unchanged_files_have_no_findings(official, other):
    for data, total, grade, pages in ((official, "96.45", "优", 10), (other, "93.89", "", 11)):
        found = examine(data)
        assert found.findings == ()
        assert (found.identity.total, found.identity.grade) == (total, grade)
        assert found.page_count == pages
        assert found.figures > 240


def test_digit_changed_on_a_page_is_named_with_its_page(official):
    digits = tampering.digits(official)
    assert len(digits) > 500
    for one in digits[:: len(digits) // 12]:
        finding, *more = examine(tampering.with_digit(official, one)).findings
        if finding.code.startswith("page_"):
            # The number of the page itself; 20 instead of 10 makes ten pages missing.
            continue
        assert more == []
        told = finding.parameters
        assert (finding.code, told["page"]) == ("text_changed", str(one.page + 1))
        assert told["section"]
        changed = [
            (before, after)
            for before, after in zip(told["expected"], told["found"], strict=True)
            if before != after
        ]
        assert changed == [(one.digit, one.other)]


def test_changed_cell_is_named_by_row_and_column(official):
    contents = contents_of(official)
    sheet = contents.pages[8]
    at = sheet.index("9.95")
    pages = list(contents.pages)
    pages[8] = f"{sheet[:at]}9.96{sheet[at + 4 :]}"
    found = examine_pages(official, pages)
    assert [(one.place.row, one.place.column, one.expected, one.found) for one in found] == [
        ("部门预算资金支出率", "得分", "9.95", "9.96")
    ]


def examine_pages(data: bytes, pages: list[str]):
    """Compare other pages with what the data of the file print."""
    attached = contents_of(data).attached
    scheme = scheme_from_json(json.loads(attached["scheme.json"]))
    return compare(pages, list(printed(build(read_snapshot(attached["report.json"]), scheme))))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"executed_amount_wan":"', '"executed_amount_wan":"1', "score_differs"),
        ('"total":"96.45"', '"total":"97.45"', "score_differs"),
        ('"revision":', '"revision":1', None),
        ('"format_version":1', '"format_version":7', "data_broken"),
        ('"scheme_version":1,"title"', '"scheme_version":2,"title"', "not_computable"),
    ],
)
def test_digit_changed_in_the_data_is_found(official, old, new, code):
    text = tampering.attached(official, "report.json")
    assert old in text
    found = examine(tampering.with_attached(official, "report.json", text.replace(old, new, 1)))
    # A revision stands on no page and in no score; only who issued the file knows it (test_services).
    assert (code in [one.code for one in found.findings]) if code else (found.findings == ())
    assert found.report_sha256 != examine(official).report_sha256


def test_score_that_was_changed_is_named_with_its_indicator(official):
    text = tampering.attached(official, "report.json")
    changed = text.replace('"points":"9.95"', '"points":"9.96"', 1)
    found = examine(tampering.with_attached(official, "report.json", changed)).findings
    told = [dict(one.parameters) for one in found if one.code == "score_differs"]
    assert ("部门预算资金支出率", "9.95", "9.96") in [
        (one["name"], one["expected"], one["found"]) for one in told
    ]
    assert "trace_differs" in [one.code for one in found]


def test_scheme_and_explanation_are_held_to_the_data(official, other):
    scheme = tampering.attached(official, "scheme.json")
    trace = tampering.attached(official, "trace.json")
    assert "scheme_differs" in codes(
        tampering.with_attached(official, "scheme.json", scheme.replace("90", "91", 1))
    )
    assert codes(
        tampering.with_attached(official, "trace.json", trace.replace("9.95", "9.85", 1))
    ) == ["trace_differs"]
    foreign = tampering.attached(other, "report.json")
    assert "scheme_differs" in codes(tampering.with_attached(official, "report.json", foreign))


def _remove(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[3]


def _swap(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[2]
    del pdf.pages[2]
    pdf.pages.insert(3, page)


def _double(pdf: pikepdf.Pdf) -> None:
    pdf.pages.insert(4, pdf.pages[3])


def _add(pdf: pikepdf.Pdf) -> None:
    pdf.add_blank_page()


def _note(pdf: pikepdf.Pdf) -> None:
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FreeText, Rect=[0, 0, 9, 9], Contents="改"
    )
    pdf.pages[1].Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(note)]))


def _paint(pdf: pikepdf.Pdf) -> None:
    pdf.pages[8].contents_add(b"q 1 1 1 rg 100 200 300 8 re f Q")


def _hide(pdf: pikepdf.Pdf) -> None:
    content = pdf.pages[8].Contents.read_bytes()
    unseen = re.sub(rb"(\[[^\]]*\] TJ)", rb"3 Tr \1 0 Tr", content, count=1)
    pdf.pages[8].Contents = pdf.make_stream(unseen)


def _rename(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/Title"] = "别的报告"


def _drop_data(pdf: pikepdf.Pdf) -> None:
    del pdf.attachments["report.json"]


def _drop_trace(pdf: pikepdf.Pdf) -> None:
    del pdf.attachments["trace.json"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (_remove, [("page_missing", {"page": "0", "expected": "4"})]),
        (_swap, [("page_moved", {"page": "4", "found": "3"})]),
        (_double, [("page_added", {"page": "5", "found": "4"})]),
        (_add, [("page_added", {"page": "11"})]),
        (_note, [("foreign_objects", {"page": "2", "count": "1"})]),
        (_paint, [("hidden_text", {"page": "9", "count": "1"})]),
        (_hide, [("hidden_text", {"page": "9", "count": "1"})]),
        (
            _rename,
            [
                (
                    "name_differs",
                    {
                        "expected": "2022年度广州市增城区科学技术协会部门整体支出绩效自评报告",
                        "found": "别的报告",
                    },
                )
            ],
        ),
        (_drop_data, [("no_data", {})]),
        (_drop_trace, [("trace_missing", {})]),
    ],
)
def test_changed_file_is_told_as_what_it_is(official, change, expected):
    found = examine(tampering.pages_changed(official, change)).findings
    assert [(one.code, dict(one.parameters)) for one in found] == expected


def test_rates_of_the_year_before_are_computed_from_its_points():
    snapshot, scheme = demo_snapshot("zengcheng_2022")
    first, *others = scheme.outline
    asking = replace(first, content=(*first.content, "chart.year_on_year"))
    scheme = replace(scheme, outline=(asking, *others))
    before = earlier_year(snapshot.result, year=2021, revision=1)
    snapshot = replace(snapshot, scheme_hash=content_hash(scheme), before=before)
    assert examine(official_of(snapshot, scheme)).findings == ()

    group, *rest = before.groups
    raised = replace(before, groups=(replace(group, score_rate=Decimal("0.989")), *rest))
    (found,) = examine(official_of(replace(snapshot, before=raised), scheme)).findings

    assert (found.code, dict(found.parameters)) == (
        "score_differs",
        {
            "name": "履职效能",
            "path": "before.groups[0].score_rate",
            "expected": "0.979",
            "found": "0.989",
        },
    )


def test_file_saved_by_another_tool_still_fits_together(official):
    assert codes(tampering.saved(tampering.opened(official))) == []


def test_cover_contents_and_charts_fit_and_a_wrong_page_number_is_named():
    snapshot, scheme = demo_snapshot("zengcheng_2022")
    document = build(snapshot, scheme)
    drawn = (report_charts.score_by_group, report_charts.points_lost, report_charts.budget_actual)
    charts = [
        Chart(f"图{number}　得分", draw(report_charts.Source(scheme, snapshot.result)))
        for number, draw in enumerate(drawn, start=1)
    ]
    document = replace(
        document,
        cover=("区科协", "二〇二三年四月"),
        contents_title="目　录",
        blocks=(*document.blocks[:8], *charts, *document.blocks[8:]),
    )
    made = pdf.render(document, created_at=AT)
    assert violations(made.data) == []
    contents = contents_of(made.data)
    assert contents.foreign_objects == {}
    pages, expected = list(contents.pages), list(printed(document))
    assert compare(pages, expected, front(document)) == ()

    drawn_on = next(place for place, page in enumerate(pages) if "48.95/50分" in page)
    changed = [*pages]
    changed[drawn_on] = pages[drawn_on].replace("48.95/50分", "48.96/50分")
    (found,) = compare(changed, expected, front(document))
    assert (found.page, found.place.section, found.expected, found.found) == (
        drawn_on + 1,
        "图1　得分",
        "48.95/50分",
        "48.96/50分",
    )

    at = pages[1].rindex("1")
    pages[1] = f"{pages[1][:at]}2{pages[1][at + 1 :]}"
    (found,) = compare(pages, expected, front(document))
    assert (found.place.section, found.place.row, found.expected, found.found) == (
        "目　录",
        document.score_sheet.title,
        "10",
        "20",
    )


def test_long_tables_and_rows_longer_than_a_page_fit():
    document = small_document("正文。")
    columns = tuple(TableColumn(heading, 25) for heading in ("一级", "二级", "三级", "目标"))
    rows = tuple(
        (
            "产出指标" if n < 40 else "效益指标",
            "数量" if n % 20 < 13 else "质量",
            f"第{n}项",
            "35场，" * (700 if n == 5 else 1),
        )
        for n in range(60)
    )
    table = BodyTable("表1　目标表", "单位：场", columns, (*rows, ("合计", "合计", "", "60")), 1, 2)
    sheet = document.score_sheet
    leaf = ("管理效率", "绩效管理", "结果应用", "5", "标准。" * 500, "4", "原因，" * 700)
    leaves = tuple(ScoreRow(*leaf[:2], f"第{n}项", *leaf[3:]) for n in range(2))
    document = replace(
        document, blocks=(*document.blocks, table), score_sheet=replace(sheet, rows=leaves)
    )
    made = pdf.render(document, created_at=AT)
    assert made.page_count > 6
    assert compare(contents_of(made.data).pages, list(printed(document))) == ()


def _backwards(value):
    """Return JSON data whose tables have their keys in the opposite order, as a database may give them."""
    if isinstance(value, dict):
        return {key: _backwards(value[key]) for key in reversed(value)}
    return [_backwards(one) for one in value] if isinstance(value, list) else value


def test_scheme_whose_tables_came_in_another_order_still_fits():
    snapshot, scheme = demo_snapshot("zengcheng_2022")
    turned = scheme_from_json(_backwards(scheme_as_json(scheme)))
    snapshot = replace(
        snapshot, scheme_hash=content_hash(scheme), result=score(turned, snapshot.figures)
    )
    assert codes(official_of(snapshot, turned)) == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Unreadable.NOT_PDF),
        (b"PK\x03\x04" + b"x" * 2000, Unreadable.NOT_PDF),
        (b"%PDF-1.7\n" + b"\x00" * 5000, Unreadable.BROKEN),
        (b"%PDF-1.7\n" + b"x" * (30 * 1024 * 1024), Unreadable.TOO_LARGE),
    ],
)
def test_what_is_no_pdf_is_told_as_that(data, reason):
    assert examine_safely(data).unreadable is reason


def test_locked_file_is_told_as_that(official):
    locked = tampering.saved_locked(official, user="geheim")
    assert examine_safely(locked).unreadable is Unreadable.ENCRYPTED
    assert codes(tampering.saved_locked(official, user="")) == ["protected"]


def test_cut_file_is_broken_or_incomplete(official):
    found = examine_safely(official[: len(official) // 2])
    assert found.unreadable is Unreadable.BROKEN or found.findings


def test_file_that_unpacks_without_end_is_given_up(official):
    bomb = tampering.pages_changed(official, tampering.blow_up)
    assert examine_safely(bomb).unreadable in (Unreadable.TOO_MUCH_WORK, Unreadable.BROKEN)
