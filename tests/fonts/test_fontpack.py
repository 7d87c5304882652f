"""The font pack holds what a report needs, says when it is damaged, and is all that Pango sees."""

import json
import os
import shutil

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib import TTFont

from perfeval.fonts import choice as fonts
from perfeval.fonts import pack as fontpack
from perfeval.fonts.choice import FontPackMissing, TypefaceRole
from perfeval.fonts.pack import making
from perfeval.fonts.pack.sources import download

RARE = "㙍堃喆镕瑢䶮𬭎𫖯"


@pytest.fixture
def pack_copy(tmp_path):
    """A pack that a test may damage; its fonts are links until then."""
    source = fonts.require_pack().directory
    copy = tmp_path / "fonts"
    shutil.copytree(source, copy, copy_function=lambda a, b: copy.joinpath(b).symlink_to(a))
    return copy


def replace(path, data: bytes) -> None:
    """Put a file in the place of a link."""
    path.unlink()
    path.write_bytes(data)


def licensed_font(path, *names: str) -> None:
    """Write a font of one glyph under some family names, the first in English, the others in Chinese."""
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef"])
    builder.setupCharacterMap({})
    builder.setupGlyf({".notdef": making.notdef()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0)})
    builder.setupHorizontalHeader()
    builder.setupNameTable({"familyName": names[0], "styleName": "Regular"}, mac=False)
    for name in names[1:]:
        builder.font["name"].setName(name, 1, 3, 1, 0x804)
    builder.setupPost()
    builder.save(path)


# --- Which characters ---------------------------------------------------------------------------------------------


def test_standard_list_has_its_8105_characters():
    assert len(fontpack.standard_characters()) == 8105
    assert {ord(char) for char in RARE} <= fontpack.standard_characters()


def test_gb2312_comes_from_the_codec():
    assert len(fontpack.codec_characters("gb2312")) == 7445


def test_ranges_are_read_back():
    points = frozenset({0x20, 0x21, 0x22, 0xA0, 0x4E00, 0x4E01, 0x2CB4E})
    assert fonts.encode_ranges(points) == "20-22,a0,4e00-4e01,2cb4e"
    assert frozenset(fonts.decode_ranges("20-22,a0,4e00-4e01,2cb4e")) == points


# --- The pack -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", TypefaceRole)
def test_role_draws_every_standard_character_and_gb2312(role):
    wanted = fontpack.standard_characters() | fontpack.codec_characters("gb2312")
    assert fonts.missing_characters("".join(map(chr, sorted(wanted))), role) == ""


@pytest.mark.parametrize("role", TypefaceRole)
def test_role_draws_the_signs_of_a_report(role):
    text = "“98.6%”（≥90分）①⑳㎡℃‰—…·、《》〔2022〕─│┌┼┘☐☑☒✓√×÷€ABCxyz\u00a0\u3000"
    assert fonts.missing_characters(text, role) == ""


def test_missing_characters_are_told_once_in_their_order():
    assert fonts.missing_characters("甲😀乙𠮷丙😀\n\u200b", TypefaceRole.FANGSONG) == "😀𠮷"


def test_pack_fonts_are_truetype_of_one_weight_with_spaces_and_one_line_box():
    pack = fonts.require_pack()
    for font in pack.fonts.values():
        read = TTFont(pack.directory / font.file, lazy=True)
        assert read["name"].getDebugName(1) == font.family
        assert "glyf" in read
        assert not {"CFF ", "GSUB", "GPOS"} & set(read.keys())
        assert read["OS/2"].usWeightClass == 400
        assert (read["hhea"].ascent, read["hhea"].descent) == (880, -120)
        assert {0x20, 0xA0, 0x3000} <= read.getBestCmap().keys(), "Pango would print an empty box"
        assert frozenset(read.getBestCmap()) == font.code_points


def test_figures_beside_fangsong_are_those_of_song():
    """FandolFang's own are much heavier than its characters."""
    pack = fonts.require_pack()
    fangsong, song = (
        TTFont(pack.directory / pack.fonts[family].file, lazy=True)
        for family in ("Perfeval Fangsong", "Perfeval Song")
    )

    def drawn(font, point: int):
        name = font.getBestCmap()[point]
        return font["hmtx"][name], font["glyf"][name]

    for point in range(0x21, 0x7F):
        assert drawn(fangsong, point) == drawn(song, point), chr(point)


def test_rare_fonts_hold_only_what_their_neighbour_has_not():
    pack = fonts.require_pack().fonts
    shared = pack["Perfeval Kai"].code_points & pack["Perfeval Rare Kai"].code_points
    assert shared <= fontpack.SPACES


def test_pack_tells_where_it_is_from():
    pack = fonts.require_pack()
    manifest = json.loads((pack.directory / "manifest.json").read_text(encoding="utf-8"))
    assert {entry["name"] for entry in manifest["packages"]} == {
        "texlive-lang-chinese",
        "fonts-noto-cjk",
        "fonts-lxgw-wenkai",
    }
    assert all(entry["version"] and len(entry["sha256"]) == 64 for entry in manifest["packages"])
    licences = {path.name for path in (pack.directory / "licences").iterdir()}
    assert licences >= {
        "NOTICE.txt",
        "fandol-COPYING.txt",
        "lxgw-copyright.txt",
        "noto-copyright.txt",
    }


def test_families_do_not_use_reserved_names():
    for font in fonts.require_pack().fonts:
        assert not any(name in font for name in ("LXGW", "WenKai", "Noto", "Source", "Fandol"))


# --- Damage -------------------------------------------------------------------------------------------------------


def test_absent_pack_says_how_to_build_it(tmp_path):
    with pytest.raises(FontPackMissing) as told:
        fonts.require_pack(tmp_path / "none")
    assert "there is no font pack" in str(told.value)
    assert f'python -m perfeval.fonts.pack --out "{tmp_path / "none"}"' in str(told.value)


def test_missing_font_is_found(pack_copy):
    (pack_copy / "PerfevalKai.ttf").unlink()
    with pytest.raises(FontPackMissing, match=r"PerfevalKai\.ttf is missing"):
        fonts.require_pack(pack_copy)


def test_cut_font_is_found(pack_copy):
    replace(pack_copy / "PerfevalHei.ttf", b"short")
    with pytest.raises(FontPackMissing, match=r"PerfevalHei\.ttf is damaged"):
        fonts.require_pack(pack_copy)


def test_changed_font_of_the_same_size_is_found_when_verified(pack_copy):
    path = pack_copy / "PerfevalRareKai.ttf"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    replace(path, bytes(data))
    fonts.require_pack(pack_copy)
    with pytest.raises(FontPackMissing, match=r"PerfevalRareKai\.ttf is damaged"):
        fonts.require_pack(pack_copy, verify=True)


@pytest.mark.parametrize(
    "text", [b"", b"{", b"{}", b'{"format": 0}', b'{"format": 1, "fonts": []}']
)
def test_damaged_manifest_is_found(pack_copy, text):
    replace(pack_copy / "manifest.json", text)
    with pytest.raises(FontPackMissing):
        fonts.require_pack(pack_copy)


def test_check_tells_a_damaged_pack(pack_copy, capsys):
    (pack_copy / "PerfevalKai.ttf").unlink()
    assert fontpack.main(["--check", "--out", str(pack_copy)]) == 1
    assert "PerfevalKai.ttf is missing" in capsys.readouterr().err


def test_complete_pack_is_left_alone(capsys):
    directory = fonts.require_pack().directory
    before = (directory / "manifest.json").stat().st_mtime_ns
    assert fontpack.main(["--out", str(directory)]) == 0
    assert "already there" in capsys.readouterr().out
    assert (directory / "manifest.json").stat().st_mtime_ns == before


def test_failed_build_leaves_nothing_behind(tmp_path, capsys):
    (tmp_path / "packages").mkdir()
    out = tmp_path / "made" / "fonts"
    arguments = ["--out", str(out), "--packages", str(tmp_path / "packages"), "--quiet"]
    assert fontpack.main(arguments) == 1
    assert "has no package" in capsys.readouterr().err
    assert [path.name for path in out.parent.iterdir()] == [".fonts.lock"]


# --- Licensed fonts and what Pango sees ---------------------------------------------------------------------------


def test_licensed_names_come_first_and_rare_ones_last():
    assert fonts.families("fangsong")[0] == "仿宋_GB2312"
    for role in TypefaceRole:
        assert fonts.families(role)[-1] == "Perfeval Rare"
    assert fonts.css_family(TypefaceRole.HEI).startswith('"黑体", "SimHei", "Perfeval Hei"')


def test_configuration_lists_our_folders_only(tmp_path, monkeypatch):
    monkeypatch.delenv("FONTCONFIG_FILE", raising=False)
    licensed = tmp_path / "owned & paid"
    licensed.mkdir()
    setup = fonts.activate(licensed_dir=licensed, cache_dir=tmp_path / "cache")
    text = setup.config_file.read_text(encoding="utf-8")
    assert setup.config_file.is_absolute()
    assert text.count("<dir>") == 2
    assert "owned &amp; paid</dir>" in text
    assert "<include" not in text
    assert fonts.os.environ["FONTCONFIG_FILE"] == str(setup.config_file)


def test_licensed_font_is_chosen_and_recorded(tmp_path, monkeypatch):
    monkeypatch.setenv("FONTCONFIG_FILE", "")
    licensed = tmp_path / "licensed"
    (licensed / "below").mkdir(parents=True)
    licensed_font(licensed / "below" / "fs.ttf", "FangSong_GB2312", "仿宋_GB2312")
    licensed_font(licensed / "xbs.TTF", "FZXiaoBiaoSong-B05S")
    (licensed / "broken.ttf").write_bytes(b"no font")
    setup = fonts.activate(licensed_dir=licensed, cache_dir=tmp_path / "cache")
    chosen = {font.role: (font.source, font.family, font.file) for font in setup.chosen}
    assert chosen == {
        TypefaceRole.FANGSONG: ("licensed", "仿宋_GB2312", "fs.ttf"),
        TypefaceRole.KAI: ("pack", "Perfeval Kai", "PerfevalKai.ttf"),
        TypefaceRole.HEI: ("pack", "Perfeval Hei", "PerfevalHei.ttf"),
        TypefaceRole.SONG: ("pack", "Perfeval Song", "PerfevalSong.ttf"),
        TypefaceRole.XIAOBIAOSONG: ("licensed", "FZXiaoBiaoSong-B05S", "xbs.TTF"),
    }
    record = setup.as_record()
    assert record["fonts"]["fangsong"]["sha256"] == fonts.file_sha256(licensed / "below" / "fs.ttf")


def test_words_of_apt_get_in_another_encoding_are_shown(tmp_path, monkeypatch):
    """Under zh_CN.GBK its messages are Chinese in GBK."""
    apt_get = tmp_path / "apt-get"
    apt_get.write_bytes(
        b'#!/bin/sh\necho "locale $LC_ALL"\nprintf "%s\\n" "'
        + "无法下载".encode("gbk")
        + b'" >&2\nexit 100\n'
    )
    apt_get.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("LC_ALL", "zh_CN.GBK")
    with pytest.raises(fontpack.FontPackError) as told:
        download(tmp_path, ["fonts-noto-cjk"])
    assert "apt-get could not download the fonts" in str(told.value)
    assert "locale C.UTF-8\n\ufffd" in str(told.value)
