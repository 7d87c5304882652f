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
    """Report marks and small words that stand twice."""
    for match in _DOUBLED.finditer(reading.text):
        yield Hit("doubled-mark", match.start(), match.end(), match.group(), "")
