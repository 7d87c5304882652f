"""Words and dates: impossible days, stale years, hints of the template, the usual wrong words."""

import re
from calendar import monthrange
from collections.abc import Iterator

from perfeval.checking.findings import Hit
from perfeval.checking.knowledge import knowledge
from perfeval.checking.reading import Reading

_DATE = re.compile(
    r"(?:(?<!\d)(?P<year>(?:19|20)\d\d)年)?(?<![\d\-—–~至到.])(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日)?(?!均)"
)
_PERIOD = re.compile(
    r"(?<!\d)(20\d\d)年(\d{1,2})月(?:(\d{1,2})日)?(?:至|到|—|-|~)(20\d\d)年(\d{1,2})月(?:(\d{1,2})日)?"
)
_STALE = re.compile(
    r"(?<!\d)(20\d\d)年度?[^，。；\n\d]{0,12}(?:部门)?整体(?:支出)?绩效自评(?:得分|报告|结论|总分|结果)"
)
_DOUBLED = re.compile(
    r"，，|。。|、、|；；|：：|，。|。，|、。|、，|；。|(?<!目)的的(?!确|士)|是是(?!非)|和和(?!气|美|睦)|了了(?!解)"
)
#: 占%，比上年减少万元: the number was never put in. 数万元, 上万元, 三万元 are words.
_NO_NUMBER = re.compile(
    r"[\u4e00-\u9fff](?<![一二三四五六七八九十百千两几数上余多近每亿半位满好过破])(?:%|万元)(?=[，。；、]|$)",
    re.MULTILINE,
)
_DOUBLED_WORD = re.compile(
    r"(原因|情况|主要|进行|进一步|完成|实际|问题|措施|通过|加强|开展|以及|其中|截至|根据|按照|共计|合计|万元|由于|因此|及时|严格|由于|增加|减少|下降|增长)\1"
)
_PAIRS = {"）": "（", "〕": "〔", "】": "【", "》": "《"}
_BRACKETS = re.compile("[（）〔〕【】《》]")
_LIST_NUMBER = re.compile(r"(?:^|[。；，：、])(?:\d{1,2}|[a-zA-Z]|[一二三四五六七八九十]{1,2})$")


def dates(reading: Reading) -> Iterator[Hit]:
    """Report months beyond 12, days that their month has not, periods that end before they begin."""
    for match in _DATE.finditer(reading.text):
        month = int(match["month"])
        day = int(match["day"]) if match["day"] else 1
        year = int(match["year"]) if match["year"] else 2000
        is_real = 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
        if not is_real and (match["year"] or match["day"]):
            yield Hit("date-impossible", match.start(), match.end(), match.group(), "")
    for match in _PERIOD.finditer(reading.text):
        begin = tuple(int(part or 1) for part in match.groups()[:3])
        end = tuple(int(part or 31) for part in match.groups()[3:])
        if end < begin:
            yield Hit("dates-reversed", match.start(), match.end(), match.group(), "")


def years(reading: Reading) -> Iterator[Hit]:
    """Report the result of another year than the title's, left over from an older report."""
    if reading.title_year is None:
        return
    for match in _STALE.finditer(reading.text):
        if int(match[1]) != reading.title_year:
            yield Hit(
                "year-stale", match.start(), match.end(), match.group(), str(reading.title_year)
            )


def hints(reading: Reading) -> Iterator[Hit]:
    """Report what a template leaves behind: （请填写…）, XX万元, ____年."""
    for match in knowledge().hint.finditer(reading.text):
        yield Hit("hint-left", match.start(), match.end(), match.group()[:40], "")
    for match in _NO_NUMBER.finditer(reading.text):
        line = reading.text[reading.text.rfind("\n", 0, match.start()) + 1 : match.end() + 1]
        if "\t" not in line:
            low = max(match.start() - 4, match.end() - len(line) + 1, 0)
            yield Hit("hint-left", match.start(), match.end(), reading.text[low : match.end()], "")


def wrong_words(reading: Reading) -> Iterator[Hit]:
    """Report the words that official prose usually gets wrong."""
    known = knowledge()
    for match in known.wrong_word.finditer(reading.text):
        right = known.wrong_words[match.group()]
        yield Hit("wrong-word", match.start(), match.end(), match.group(), right)
    for match in known.usage_word.finditer(reading.text):
        right = known.usage[match.group()]
        yield Hit("word-usage", match.start(), match.end(), match.group(), right)


def doubled(reading: Reading) -> Iterator[Hit]:
    """Report marks and words that stand twice."""
    for match in _DOUBLED_WORD.finditer(reading.text):
        yield Hit("doubled-mark", match.start(), match.end(), match.group(), "")
    for match in _DOUBLED.finditer(reading.text):
        yield Hit("doubled-mark", match.start(), match.end(), match.group(), "")


def brackets(reading: Reading) -> Iterator[Hit]:
    """Report brackets of prose without their other half; one may close in the next paragraph."""
    carried: dict[str, int] = {}
    for line in re.finditer(r"[^\n]+", reading.text):
        if "\t" in line.group() or not re.search(r"[，。；]", line.group()):
            carried = {}
            continue
        opened: dict[str, list[int]] = {}
        for match in _BRACKETS.finditer(line.group()):
            mark = match.group()
            if mark not in _PAIRS:
                opened.setdefault(mark, []).append(match.start())
            elif opened.get(_PAIRS[mark]):
                opened[_PAIRS[mark]].pop()
            elif carried.get(_PAIRS[mark]):
                carried[_PAIRS[mark]] -= 1
            elif not _LIST_NUMBER.search(line.group(), 0, match.start()):
                yield _unpaired(reading, line.start() + match.start())
        carried = {}
        for mark, places in opened.items():
            if line.group()[-1] not in "。；！？":
                carried[mark] = len(places)  # a line that a PDF cut
                continue
            for place in places:
                yield _unpaired(reading, line.start() + place)


def _unpaired(reading: Reading, place: int) -> Hit:
    """Return the hit for a bracket, shown with the words beside it."""
    low = max(reading.text.rfind("\n", 0, place) + 1, place - 8)
    return Hit(
        "bracket-unpaired", place, place + 1, reading.text[low : place + 6].split("\n")[0], ""
    )
