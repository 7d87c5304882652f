"""Patches and the libraries that they were written for: what no longer fits is left out alone, and pages stay right."""

from io import BytesIO

import pdfplumber
import pydyf
import pytest

from perfeval.fonts import choice
from perfeval.typesetting import layout, patches, worker
from perfeval.typesetting.patches import fitting, refitting
from perfeval.typesetting.patches.fitting import PatchFit, fingerprint, name_of, table, unfit
from tests.typesetting.documents import order, small_document
from tests.typesetting.measuring import body_text

ALONE = {
    "plain_lines": {"plain_lines", "paragraphs", "backgrounds"},
    "squeezing": {"squeezing", "paragraphs"},
}


@pytest.fixture
def as_shipped(monkeypatch):
    """Take all patches out; afterwards, let what was left out for a test be forgotten."""
    layout.prepare(choice.activate())
    patches.restore()
    yield
    monkeypatch.undo()
    patches.restore()
    patches.apply()
    layout._page_class.cache_clear()
    layout.forget()


@pytest.fixture
def document():
    return small_document(
        "2022年全年预算数640.40万元，执行率98.92%；“三公”经费1,234,567.89元，按《办法》执行——" * 9,
        "English words stand in 中文 and（brackets）。",
        contents_title="目　录",
    )


def test_all_patches_fit_what_is_installed(as_shipped):
    """The one test that says so under another version; the others hold there too."""
    assert unfit(table()) == frozenset()
    assert patches.left_out() == frozenset()


def test_table_names_what_each_patch_replaces(as_shipped):
    replaced = {
        name: {name_of(old) for old, _ in module.replacements()}
        for name, module in patches.modules().items()
    }
    assert {name: set(fit.replaces) for name, fit in table().items()} == replaced


@pytest.mark.parametrize("name", table())
def test_patch_that_does_not_fit_is_left_out_with_those_that_need_it(as_shipped, name):
    for kind in ("replaces", "relies_on"):
        fits = table()
        known = getattr(fits[name], kind)
        if known:
            other = known | {next(iter(known)): "0" * 16}
            fits[name] = PatchFit(**{"needs": fits[name].needs, kind: other})
            assert unfit(fits) == ALONE.get(name, {name}) | unfit(table())


@pytest.mark.parametrize("name", [*table(), "all"])
def test_page_is_right_without_any_one_patch(as_shipped, monkeypatch, document, name):
    ordered = order(document)
    patches.apply()
    layout.forget()
    whole = _pages(ordered)
    patches.restore()
    off = frozenset(patches.modules()) if name == "all" else ALONE.get(name, {name})
    off |= patches.left_out()
    monkeypatch.setattr(patches, "left_out", lambda: off)
    patches.apply()
    layout._page_class.cache_clear()
    layout.forget()
    pages = _pages(ordered)
    if off & patches._LOOKS:  # lines end elsewhere, or are not spread
        assert ["".join(map(body_text, pages))] == ["".join(map(body_text, whole))]
    else:
        assert [_places(page) for page in pages] == [_places(page) for page in whole]


def _pages(ordered):
    return pdfplumber.open(BytesIO(worker.lay_out(ordered).data)).pages


def _places(page):
    return [
        (char["text"], char["fontname"], char["size"], round(char["x0"], 2), round(char["top"], 2))
        for char in page.chars
    ]


def test_library_that_changed_is_told_in_one_line_of_the_log(as_shipped, monkeypatch, caplog):
    monkeypatch.setattr(pydyf.PDF, "page_references", property(lambda pdf: []))
    patches.left_out.cache_clear()
    off = {"page_numbers"} | unfit(table())
    assert patches.left_out() == off
    assert patches.left_out() == off
    patches.left_out.cache_clear()
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert record.getMessage().endswith(
        "not the versions that perfeval was fitted to. Pages take longer; "
        f"left out: {', '.join(sorted(off))}."
    )


def test_what_is_not_there_has_no_fingerprint():
    for name in (
        "weasyprint.nowhere",
        "weasyprint.layout.inline.gone",
        "nobody.here",
        "pydyf/none",
    ):
        assert fingerprint(name) == ""


def test_refitting_says_what_changed_and_takes_it_over(as_shipped, monkeypatch, tmp_path, capsys):
    copy = tmp_path / "fits.toml"
    whole = fitting.TABLE.read_text(encoding="utf-8")
    known = table()["page_numbers"].replaces["pydyf.PDF.page_references"]
    copy.write_text(whole.replace(known, "0" * 16), encoding="utf-8")
    monkeypatch.setattr(refitting, "TABLE", copy)

    assert refitting.main([]) == 1
    assert capsys.readouterr().out == f"pydyf.PDF.page_references: {'0' * 16} -> {known}\n"
    assert refitting.main(["--write"]) == 0
    assert copy.read_text(encoding="utf-8") == whole
    assert refitting.main([]) == 0


def test_page_break_below_a_row_that_is_kept_goes_up_to_where_a_page_may_end():
    """As WeasyPrint before 70 may break a table."""

    def begins(*kept_by_page):
        rows = [
            layout._Row(table=0, number=number, page=page, is_kept=kept)
            for number, (page, kept) in enumerate(
                (page, kept) for page, rows in enumerate(kept_by_page) for kept in rows
            )
        ]
        return layout._first_of_those_kept(rows, len(kept_by_page[0])).number

    assert begins([False, False], [False]) == 2
    assert begins([False, True], [False]) == 1
    assert begins([True, False, True, True], [False]) == 2
    # Nothing would be left on the page.
    assert begins([True, True], [False]) == 2
