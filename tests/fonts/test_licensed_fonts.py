"""Fonts that an installation owns: a free font under an official name stands in for each."""

from io import BytesIO
from pathlib import Path

import pdfplumber
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTCollection, TTFont

from perfeval.fonts import choice as fonts
from perfeval.fonts import pack as fontpack
from perfeval.fonts.choice import TypefaceRole
from perfeval.fonts.licensed import licensed_fonts
from perfeval.typesetting import pdf
from tests.typesetting.conformance import violations
from tests.typesetting.documents import AT, HANZI, small_document
from tests.typesetting.measuring import lines

FANGSONG, TITLE = ("仿宋_GB2312", "FangSong_GB2312"), ("方正小标宋简体", "FZXBSJW--GB1-0")


def named(family: str, names: tuple[str, str], *, fs_type: int = 0) -> TTFont:
    """Return a font of the pack under another name, Chinese and English, with the marks of its licence."""
    pack = fonts.require_pack()
    font = TTFont(pack.directory / pack.fonts[family].file, lazy=True)
    for number in (1, 2, 3, 4, 6, 16, 17):
        font["name"].removeNames(nameID=number)
    chinese, english = names
    for number, text in ((1, chinese), (2, "Regular"), (3, english), (4, chinese), (6, english)):
        font["name"].setName(text, number, 3, 1, 0x804)
        font["name"].setName(english if text == chinese else text, number, 3, 1, 0x409)
    font["OS/2"].fsType = fs_type
    return font


def postscript_outlines(path: Path) -> None:
    pen = T2CharStringPen(1000, None)
    pen.moveTo((0, 0))
    pen.lineTo((900, 900))
    pen.closePath()
    glyphs = [".notdef", "one"]
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder(glyphs)
    builder.setupCharacterMap({0x4E00: "one"})
    builder.setupCFF(FANGSONG[1], {}, dict.fromkeys(glyphs, pen.getCharString()), {})
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (1000, 0)))
    builder.setupHorizontalHeader()
    builder.setupNameTable({"familyName": FANGSONG[0], "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)


def restricted(path: Path) -> None:
    named("Perfeval Rare Hei", FANGSONG, fs_type=0x0002).save(path)


def whole_only(path: Path) -> None:
    named("Perfeval Rare Hei", FANGSONG, fs_type=0x0108).save(path)


def cut(path: Path) -> None:
    named("Perfeval Rare Hei", FANGSONG).save(path)
    path.write_bytes(path.read_bytes()[:-200_000])


def emptied(path: Path) -> None:
    named("Perfeval Rare Hei", FANGSONG).save(path)
    data, start = path.read_bytes(), TTFont(path, lazy=True).reader.tables["glyf"].offset
    path.write_bytes(data[:start] + bytes(200_000) + data[start + 200_000 :])


def test_licensed_font_is_embedded_recorded_and_keeps_the_layout_and_the_claims(tmp_path):
    named("Perfeval Kai", FANGSONG).save(tmp_path / "simfang.ttf")
    collection = TTCollection()
    collection.fonts = [
        named("Perfeval Rare Hei", ("新宋", "NSimSun")),
        named("Perfeval Song", TITLE),
    ]
    collection.save(tmp_path / "titles.ttc")
    setup = fonts.activate(licensed_dir=tmp_path)
    made = pdf.render(small_document(HANZI * 40), created_at=AT, fonts=setup)
    assert violations(made.data) == []
    record = made.fonts["fonts"]
    assert {role: (one["source"], one["family"], one["file"]) for role, one in record.items()} == {
        "fangsong": ("licensed", FANGSONG[0], "simfang.ttf"),
        "kai": ("pack", "Perfeval Kai", "PerfevalKai.ttf"),
        "hei": ("pack", "Perfeval Hei", "PerfevalHei.ttf"),
        "song": ("pack", "Perfeval Song", "PerfevalSong.ttf"),
        "xiaobiaosong": ("licensed", TITLE[0], "titles.ttc"),
    }
    assert record["fangsong"]["sha256"] == fonts.file_sha256(tmp_path / "simfang.ttf")

    pages = pdfplumber.open(BytesIO(made.data)).pages
    embedded = {char["fontname"].split("+")[1] for page in pages for char in page.chars}
    assert {FANGSONG[1], TITLE[1]} <= embedded
    assert not {"Perfeval-Fangsong", "Perfeval-Xiaobiaosong"} & embedded
    body = lines(pages[1], font=FANGSONG[1])
    assert [len(line.text) for line in body] == [28] * 22


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        (postscript_outlines, "PostScript outlines"),
        (restricted, "forbids embedding it"),
        (whole_only, "forbids embedding a part of it"),
        (cut, "it is damaged"),
        (emptied, "draws nothing for"),
    ],
)
def test_font_that_must_not_be_embedded_is_named_and_ours_stands_in(
    tmp_path, monkeypatch, capsys, spoilt, reason
):
    file = tmp_path / "fang.ttf"
    spoilt(file)
    setup = fonts.activate(licensed_dir=tmp_path, cache_dir=tmp_path / "cache")
    assert [font.source for font in setup.chosen] == ["pack"] * len(TypefaceRole)
    assert f"<rejectfont><glob>{file}</glob>" in setup.config_file.read_text()
    monkeypatch.setenv("PERFEVAL_LICENSED_FONT_DIR", str(tmp_path))
    assert fontpack.main(["--check"]) == 0
    told = capsys.readouterr().out.splitlines()[-1]
    assert told.startswith(f"{file}: not used: ")
    assert reason in told


def test_glyph_guard_asks_the_licensed_font(tmp_path, monkeypatch):
    font = named("Perfeval Rare Hei", FANGSONG)
    characters = font.getBestCmap()
    empty, drawn = (
        next(
            glyph
            for glyph in characters.values()
            if is_blank == (not font["glyf"][glyph].numberOfContours)
        )
        for is_blank in (True, False)
    )
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap |= {ord("评"): empty, 0x2212: drawn}
    font.save(tmp_path / "fang.ttf")
    assert fonts.missing_characters("评价−", TypefaceRole.FANGSONG) == "−"
    monkeypatch.setenv("PERFEVAL_LICENSED_FONT_DIR", str(tmp_path))
    assert licensed_fonts(tmp_path)[0].problem == ""
    assert fonts.missing_characters("评价−", TypefaceRole.FANGSONG) == "评"
    assert fonts.missing_characters("评价−", TypefaceRole.HEI) == "−"
