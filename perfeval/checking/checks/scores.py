"""Points: weight, score, score rate, points lost, groups, the total, the grade."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from perfeval.checking.checks.arithmetic import Fit, fit_ratio, show_percent, show_points
from perfeval.checking.findings import Hit
from perfeval.checking.items import Item, roots
from perfeval.checking.knowledge import knowledge
from perfeval.checking.reading import Reading
from perfeval.scoring.quantity import exact, plain

_BONUS = re.compile(r"加分|附加|奖励分|加减分")
_REASON = re.compile(
    r"原因|由于|因为?|扣|受[^，。]{1,12}影响|主要[是为]|未|不足|不够|偏低|低于|滞后|缺|问题|有待|较低|没有|尚|仅|个别|逾期|超|系数|依据|根据|按照|[=＝×÷]|%"
)
#: Points that a rule took off stand beside those taken off by hand.
_COMPUTED = re.compile(r"评分标准|计算|按比例|折算|计\d+(?:\.\d+)?分")
#: So far before an item its reason, its rate or its completed value may stand.
_BEFORE = 60
#: So far before a grade the total that it is said of may stand.
_REACH_OF_A_TOTAL = 60
_TOLD_ELSEWHERE = re.compile(r"扣|失分|未完成的|偏差原因|未达标|存在的?(?:主要)?问题")
_SCORE_RATE = re.compile(r"得分率[为达到是：:]{0,3}[\d.]+ ?%|权重[为：:]?[\d.]+%")
_RATE_ITEM = re.compile(r"(?:支出率|执行率|支付率|完成率|(?:支出|支付|执行)进度)$")
_RATE_IN_TAIL = re.compile(
    r"(?:支出率|执行率|支付率|支出进度|执行进度|完成率)[为达到是：:]{0,3}(\d{1,3}(?:\.\d{1,4})?)%"
)
GRADE = re.compile(
    r"(?:等级|等次|档次|评级|评价结果|自评结果|评定结果|结论)(?:评定|评价|确定|认定|结果)?(?:为|是|属于?|：|:|定为)?[“\"‘「]?"
    r"(?P<word>不合格|优秀|良好|中等|一般|合格|较差|优|良|中|差)(?=[”\"’」。，；,;、）)\n\s]|等|级|档|$)"
)


def single_scores(reading: Reading) -> Iterator[Hit]:
    """Hold each item's score against its weight, its rate, the points taken off."""
    for item in reading.items:
        if item.score is None:
            continue
        if item.score > item.weight and not _BONUS.search(item.name):
            yield Hit(
                "score-above-weight",
                *item.score_span,
                plain(item.score),
                plain(item.weight),
                {"name": item.name},
            )
        yield from _check_score_rate(item)
        yield from _check_lost(reading.text, item)
        for points, start, end in item.restated:
            if points != item.score:
                yield Hit(
                    "score-restated",
                    start,
                    end,
                    plain(points),
                    plain(item.score),
                    {"name": item.name, "line": _line(reading, item.score_span[0])},
                )


def _check_score_rate(item: Item) -> Iterator[Hit]:
    """Compare the stated score rate with score / weight."""
    if item.rate is None or item.score is None or not item.weight:
        return
    percent = exact(item.score) / exact(item.weight) * 100
    fit = fit_ratio(item.rate, item.rate_digits, percent, Fraction(0))
    if fit == Fit.EXACT:
        return
    yield Hit(
        "score-rate-cut-off" if fit == Fit.CUT_OFF else "score-rate-wrong",
        *item.rate_span,
        f"{item.rate}%",
        show_percent(percent, item.rate_digits),
        {
            "name": item.name,
            "arithmetic": f"{plain(item.score)} ÷ {plain(item.weight)} = {show_percent(percent, item.rate_digits)}",
        },
    )


def _check_lost(text: str, item: Item) -> Iterator[Hit]:
    """Compare the points taken off with weight - score.

    Behind a list of items a sentence of its own tells what was lost, of all of them.
    """
    if not item.lost or item.score is None or item.children:
        return
    if item.is_listed and "。" in text[item.score_span[1] : item.lost_span[0]]:
        return
    missing = item.weight - item.score
    added = sum(item.lost, Decimal(0))
    if missing in (added, *item.lost) or (not missing and not item.is_loss_meant):
        return
    if added < missing and _COMPUTED.search(item.tail):
        return
    yield Hit(
        "lost-points-doubtful",
        *item.lost_span,
        plain(added),
        plain(missing),
        {
            "name": item.name,
            "arithmetic": f"{plain(item.weight)} - {plain(item.score)} = {plain(missing)}",
        },
    )


def reasons(reading: Reading) -> Iterator[Hit]:
    """Ask for a reason wherever an item without parts lost points.

    A sentence that only lists the scores may leave the reasons to another place: of such a list the
    first item is named, and only when the text speaks of no deduction anywhere.
    """
    listed: set[int] = set()
    is_told_elsewhere = _TOLD_ELSEWHERE.search(reading.text) is not None
    previous_end = 0
    for item in reading.items:
        low = max(previous_end, item.start - _BEFORE)
        low = max(low, reading.text.rfind("\n", low, item.start))
        before, previous_end = reading.text[low : item.start], item.end
        if item.is_total or item.children or item.score is None or item.score >= item.weight:
            continue
        whole = before + reading.text[item.start : item.end] + item.tail[:300]
        if _REASON.search(_SCORE_RATE.sub("", whole)):
            continue
        if item.is_listed:
            paragraph = reading.paragraph_number(item.start)
            if is_told_elsewhere or paragraph in listed:
                continue
            listed.add(paragraph)
        yield Hit(
            "loss-without-reason",
            *item.score_span,
            plain(item.score),
            plain(item.weight),
            {"name": item.name},
        )


def rate_rules(reading: Reading) -> Iterator[Hit]:
    """Compute rate × weight where an item of a rate states that rate beside its score."""
    for item in reading.items:
        if item.score is None or not _RATE_ITEM.search(item.name):
            continue
        match = _RATE_IN_TAIL.search(
            reading.text, item.start + len(item.name), item.end + len(item.tail)
        )
        if match is None:
            continue
        rate = min(Decimal(match[1]), Decimal(100))
        computed = exact(rate) * exact(item.weight) / 100
        digits = len(plain(item.score).partition(".")[2])
        half_step = exact(item.weight) / 20000
        fits = {
            fit_ratio(item.score, count, computed, half_step) for count in (digits, max(digits, 2))
        }
        if fits == {Fit.WRONG}:
            shown = show_percent(computed, 2).rstrip("%")
            yield Hit(
                "score-rule-doubtful",
                *item.score_span,
                plain(item.score),
                shown,
                {
                    "name": item.name,
                    "arithmetic": f"{match[1]}% × {plain(item.weight)} = {shown}",
                },
            )


def groups(reading: Reading) -> Iterator[Hit]:
    """Add up the items below each item: weights, and where they are complete, scores."""
    for item in reading.items:
        scored = [child for child in item.children if child.score is not None]
        if item.score is None or len(scored) < 2 or len(scored) < len(item.children):
            continue
        weights = [child.weight for child in scored]
        scores = [child.score for child in scored if child.score is not None]
        yield from _check_group(item, weights, scores)


def _check_group(item: Item, weights: list[Decimal], scores: list[Decimal]) -> Iterator[Hit]:
    """Report a group whose scores or weights do not add up."""
    assert item.score is not None  # noqa: S101 - the caller looked; mypy cannot see it
    weight_sum, score_sum = sum(weights, Decimal(0)), sum(scores, Decimal(0))
    if score_sum != item.score:
        is_complete = weight_sum == item.weight
        if _may_be_missing(item.weight - weight_sum, item.score - score_sum):
            return
        yield Hit(
            "group-score-wrong" if is_complete else "group-score-doubtful",
            *item.score_span,
            plain(item.score),
            plain(score_sum),
            {"name": item.name, "arithmetic": show_points(scores, score_sum)},
        )
    elif weight_sum != item.weight:
        yield Hit(
            "group-weight-doubtful",
            item.start,
            item.end,
            plain(item.weight),
            plain(weight_sum),
            {"name": item.name, "arithmetic": show_points(weights, weight_sum)},
        )


def _may_be_missing(weight: Decimal, points: Decimal) -> bool:
    """Return whether items that the text does not list can have this weight and these points."""
    return weight > 0 and 0 <= points <= weight


def total_score(reading: Reading) -> Iterator[Hit]:
    """Hold the total against the items at the top, and their weights against the full score."""
    top = [item for item in roots(reading.items) if item.score is not None]
    totals = reading.totals
    if not totals:
        return
    total = totals[0]
    for other in totals[1:]:
        if other.points != total.points:
            yield Hit(
                "total-restated",
                other.start,
                other.end,
                plain(other.points),
                plain(total.points),
                {"line": _line(reading, total.start)},
            )
    full = reading.full_score or knowledge().full_score
    if total.points > full and not _BONUS.search(reading.text):
        yield Hit("total-above-full", total.start, total.end, plain(total.points), plain(full))
    weights = [item.weight for item in top if not _BONUS.search(item.name)]
    scores = [item.score for item in top if item.score is not None]
    weight_sum, score_sum = sum(weights, Decimal(0)), sum(scores, Decimal(0))
    if len(top) < 3 and not (len(top) == 2 and weight_sum == full):
        return
    if score_sum != total.points:
        if weight_sum == full:
            code = "total-score-wrong"
        elif weight_sum > full or _may_be_missing(full - weight_sum, total.points - score_sum):
            return
        else:
            code = "total-score-doubtful"
        yield Hit(
            code,
            total.start,
            total.end,
            plain(total.points),
            plain(score_sum),
            {"arithmetic": show_points(scores, score_sum)},
        )
    elif weight_sum != full:
        yield Hit(
            "total-weight-wrong",
            top[0].start,
            top[0].end,
            plain(full),
            plain(weight_sum),
            {"arithmetic": show_points(weights, weight_sum)},
        )


def grade(reading: Reading) -> Iterator[Hit]:
    """Hold the grade word against the total: the scheme's bands, or the common ones."""
    ends = [total.end for total in reading.stated_scores]
    for match in GRADE.finditer(reading.text):
        before = bisect_right(ends, match.start())
        if not before or match.start() - ends[before - 1] > _REACH_OF_A_TOTAL:
            continue
        points = reading.stated_scores[before - 1].points
        between = reading.text[ends[before - 1] : match.start()]
        if re.search(r"以上|以下|及以上|[-—~至]\d", between + match.group()):
            continue
        word = match["word"]
        span = (match.start("word"), match.end("word"))
        expected, code = _expected_grade(reading, points, word)
        if expected and expected != word:
            yield Hit(code, *span, word, expected, {"points": plain(points)})


def _expected_grade(reading: Reading, points: Decimal, word: str) -> tuple[str, str]:
    """Return the grade word that the total earns (``word`` itself when it is one of several)."""
    if reading.scheme is not None and reading.scheme.grade_bands:
        for band in reading.scheme.grade_bands:
            if points >= band.minimum:
                return band.word, "grade-wrong"
        return reading.scheme.grade_bands[-1].word, "grade-wrong"
    if points > knowledge().full_score:
        return "", "grade-doubtful"
    for grade_ in knowledge().grades:
        if points >= grade_.minimum:
            return (word if word in grade_.words else grade_.words[0]), "grade-doubtful"
    return "", "grade-doubtful"


def _line(reading: Reading, offset: int) -> str:
    """Return the line of the raw text in which a place of the prose stands."""
    return str(reading.prose.line_number(reading.prose.raw_span(offset, offset + 1)[0]))
