"""Counts against lists, and numbering."""

import re
from bisect import bisect_left
from collections.abc import Iterator

from perfeval.checking.findings import Hit
from perfeval.checking.reading import Reading

_NUMERALS = "零一二三四五六七八九十"
_COUNT = r"(?P<count>[一二两三四五六七八九十]{1,3}|\d{1,3})"
_NOUN = r"(?P<noun>(?:个|大|项|类|家)(?:[\u4e00-\u9fff]{0,12}))"
_BEFORE_LIST = re.compile(
    _COUNT
    + _NOUN
    + r"(?:，)?(?:分别为|分别是|分别|即|，包括|，包括了|为：|：)[:：]?(?P<list>[^。；;：:\n\t\d]{4,240})"
)
_AFTER_LIST = re.compile(
    r"(?:分为|分成|下设|包括|涵盖|设置了?|设有)(?P<list>[^。；;：:，\n\t\d]{4,160}?)(?P<and_so_on>等)?"
    + _COUNT
    + r"(?P<noun>个[一二三]级指标|大(?:方面|类|部分|板块)|个(?:方面|部分|维度|一级指标|二级指标|部室|科室|处室|股室))"
)
#: 直属单位10个，即甲、乙、丙。
_NAMELY = re.compile(
    r"(?<=[\u4e00-\u9fff])(?P<count>\d{1,3}|[一二两三四五六七八九十]{1,3})(?P<noun>[个家所类项处])"
    r"[，：（](?:即|分别为|分别是|包括|具体为)[:：]?(?P<list>[^。；;：:\n\t\d，（）]{4,240})(?=[。；）])"
)
_AND = re.compile(r"和|及|与|以及")
_LIST_NOUN = re.compile(r"指标|方面|部分|维度|板块|部室|科室|处室|股室|部门|单位|机构|类")
#: Two numerals count no further.
_MOST_POINTS = 99
_POINTS = re.compile(r"(?<![\u4e00-\u9fff])([一二三四五六七八九十]{1,2})是(?!否)")
_HEADING = re.compile(
    r"^(?:(?P<one>[一二三四五六七八九十]{1,3})、|[（(](?P<two>[一二三四五六七八九十]{1,3})[)）])",
    re.MULTILINE,
)
_ANNOUNCED = re.compile(r"(?:以下|如下|下列)" + _COUNT + r"(?:个|点|方面|项|条)")


def counts_of_lists(reading: Reading) -> Iterator[Hit]:
    """Count what is listed behind or before its number (三个一级指标，分别为…)."""
    seen: set[int] = set()
    for pattern in (_NAMELY, _BEFORE_LIST, _AFTER_LIST):
        for match in pattern.finditer(reading.text):
            if match.start("count") not in seen:
                seen.add(match.start("count"))
                yield from _check_list(match, reading.text)


def _check_list(match: re.Match[str], text: str) -> Iterator[Hit]:
    """Compare a number with the entries of its list; 和 may join two or stand inside a name."""
    if not _LIST_NOUN.search(match["noun"]) and match.re is not _NAMELY:
        return
    stated = number_of(match["count"])
    entries, is_whole = _entries(match["list"])
    if "、" not in match["list"] or stated is None or stated < 2:
        return
    if _POINTS.match(match["list"]) or re.match(r"[（(①]", match["list"]):
        return
    least = len(entries)
    most = least + sum(len(_AND.findall(entry)) for entry in entries)
    groups = match.groupdict()
    if groups.get("and_so_on") or not is_whole:
        return
    if stated >= least and stated <= most:
        return
    if (
        match["count"] in "一二两三四五六七八九十"
        and text[match.start() - 1 : match.start()] == "第"
    ):
        return
    shown = "、".join(entries)
    yield Hit(
        "count-doubtful",
        match.start("count"),
        max(match.end("count"), match.end("noun")),
        match["count"] + (match["noun"] if match.start("noun") > match.start("count") else ""),
        str(least),
        {"list": shown if len(shown) <= 60 else f"{shown[:60]}…"},
    )


def _entries(listed: str) -> tuple[list[str], bool]:
    """Return the entries up to the end of the list, and whether the list claims to be whole."""
    if "，" in listed:
        head, _, _ = listed.partition("，")
        listed = head
    is_whole = not re.search(r"等", listed)
    return [entry for entry in listed.split("、") if entry.strip()], is_whole


def number_of(text: str) -> int | None:
    """Return a small number written in digits or Chinese numerals."""
    if text.isdigit():
        return int(text)
    if text == "两":
        return 2
    if "十" not in text:
        return _NUMERALS.index(text) if text in _NUMERALS and len(text) == 1 else None
    tens, _, units = text.partition("十")
    if len(tens) > 1 or len(units) > 1:
        return None
    ten = _NUMERALS.index(tens) if tens else 1
    return ten * 10 + (_NUMERALS.index(units) if units else 0)


def numbering(reading: Reading) -> Iterator[Hit]:
    """Follow 一、二、三 and （一）（二） through the headings, and 一是二是 through a paragraph."""
    yield from _headings(reading.text)
    for match in re.finditer(r"[^\n]+", reading.text):
        last = 0
        for point in _POINTS.finditer(match.group()):
            number = number_of(point[1])
            if number is None:
                continue
            if number > last + 1 and last:
                place = match.start() + point.start()
                yield _gap(
                    place, place + len(point.group()), f"{point[1]}是", f"{_chinese(last + 1)}是"
                )
            last = number


def _headings(text: str) -> Iterator[Hit]:
    """Report a heading whose number skips one; a count that starts again is a new list."""
    last = {"one": 0, "two": 0}
    for match in _HEADING.finditer(text):
        kind = "one" if match["one"] else "two"
        number = number_of(match[kind])
        if number is None:
            continue
        if kind == "one":
            last["two"] = 0
        if last[kind] and number > last[kind] + 1 and number <= last[kind] + 3:
            written = match.group()
            expected = written.replace(match[kind], _chinese(last[kind] + 1))
            yield _gap(match.start(), match.end(), written, expected)
        last[kind] = number


def _gap(start: int, end: int, stated: str, expected: str) -> Hit:
    """Return the hit for a number that is missing."""
    return Hit("numbering-gap", start, end, stated, expected)


def _chinese(number: int) -> str:
    """Return a number up to 99 in Chinese numerals."""
    tens, units = divmod(number, 10)
    if not tens:
        return _NUMERALS[units]
    head = "十" if tens == 1 else f"{_NUMERALS[tens]}十"
    return head + (_NUMERALS[units] if units else "")


def announced_points(reading: Reading) -> Iterator[Hit]:
    """Count 一是 二是 … behind an announced number (以下三个方面：一是…)."""
    for match in re.finditer(r"[^\n]+", reading.text):
        paragraph = match.group()
        points = list(_POINTS.finditer(paragraph))
        places = [point.start() for point in points]
        for announced in _ANNOUNCED.finditer(paragraph):
            stated = number_of(announced["count"])
            first = bisect_left(places, announced.end())
            behind = points[first : first + _MOST_POINTS]
            in_order = [
                index for index, point in enumerate(behind, 1) if number_of(point[1]) == index
            ]
            if stated is None or len(in_order) < 2 or len(in_order) == stated:
                continue
            start = match.start() + announced.start()
            yield Hit(
                "count-doubtful",
                start,
                match.start() + announced.end(),
                announced.group(),
                str(len(in_order)),
                {"list": "、".join(f"{_chinese(number)}是" for number in in_order)},
            )
