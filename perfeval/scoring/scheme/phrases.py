"""The scheme's official sentences: their placeholders, and filling them from a flat table of texts.

A placeholder is ``{name}``. Every phrase may name what ``report_values`` gives; the phrases of
``OWN_NAMES`` may also name the values of the indicator, key task or reason that they speak of.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from perfeval.scoring.figures import Figures
from perfeval.scoring.quantity import format_wan, plain
from perfeval.scoring.result import IndicatorResult, RateResult, Result
from perfeval.scoring.scheme.tree import Scheme

#: What stands in a sentence where the value is not there yet.
BLANK = "＿＿"

#: Between two reasons or items in one sentence, and what a joined part may not end with.
JOINER, PART_END = "；", "；。"

#: Names that a rule's ``loss_phrase`` may use.
LOSS_NAMES = frozenset({"rate", "points", "lost", "weight"})
#: Names of the report's title.
TITLE_NAMES = frozenset({"year", "department", "short_name"})

_ITEM = frozenset({"name", "weight", "points", "rate", "lost", "reasons", "reason"})
_GROUP = frozenset({"name", "weight", "points", "rate", "lost", "reasons", "items"})
#: What each of these phrases may name beside the report's own values.
OWN_NAMES: Mapping[str, frozenset[str]] = {
    "group_full": _GROUP,
    "group_partial": _GROUP,
    "group_items": _GROUP,
    "group_adjustment": _GROUP,
    "item_full": _ITEM,
    "item_partial": _ITEM,
    "reason_rule": frozenset({"reason", "points", "lost", "weight", "rate"}),
    "reason_deduction": frozenset({"reason", "deduction"}),
    "key_task": frozenset({"name", "budget", "executed", "rate", "progress"}),
}

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_.]*)\}")


def fill(template: str, values: Mapping[str, str], *, blank: str = BLANK) -> str:
    """Return ``template`` with each ``{name}`` replaced, a name without a value by ``blank``."""
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], blank), template)


def placeholders(template: str) -> Iterator[str]:
    """Yield the names in a template, and each stray brace as itself."""
    for match in _PLACEHOLDER.finditer(template):
        yield match[1]
    yield from re.findall(r"[{}]", _PLACEHOLDER.sub("", template))


def report_names(scheme: Scheme) -> frozenset[str]:
    """Return every name that any phrase of the scheme may use."""
    return frozenset(
        {
            *TITLE_NAMES,
            "authority",
            "grade",
            *(f"score.{part}" for part in ("total", "base", "adjustment", "full")),
            *(f"count.level_{level}" for level in (1, 2, 3)),
            *(f"count.{part}" for part in ("goals", "goal_categories", "goal_kinds", "key_tasks")),
            *(f"score.{node.code}" for node in scheme.walk()),
            *(f"weight.{node.code}" for node in scheme.walk()),
            *(f"rate.{rate.code}" for rate in scheme.rates),
            *scheme.amount_references(),
        }
    )


def report_values(
    scheme: Scheme, figures: Figures, result: Result, *, department: str, short_name: str
) -> dict[str, str]:
    """Return the text of every name of ``report_names`` that has a value.

    Amounts in 万元 with two decimals and separators, points as prose prints them, rates in percent.
    """
    levels = [node.level for node in scheme.walk()]
    values = {
        "year": str(scheme.year),
        "department": department,
        "short_name": short_name,
        "authority": scheme.authority,
        "score.total": plain(result.total),
        "score.base": plain(result.base_total),
        "score.adjustment": plain(result.adjustment_total),
        "score.full": plain(result.full_score),
        "count.goals": str(len(figures.goals)),
        "count.goal_categories": str(len({goal.category for goal in figures.goals})),
        "count.goal_kinds": str(len({(goal.category, goal.kind) for goal in figures.goals})),
        "count.key_tasks": str(len(figures.key_tasks)),
    }
    if result.grade:
        values["grade"] = result.grade
    values |= {f"count.level_{level}": str(levels.count(level)) for level in (1, 2, 3)}
    values |= {f"rate.{rate.code}": rate.text for rate in result.rates if rate.text}
    values |= {reference: format_wan(amount) for reference, amount in figures.amounts.items()}
    for node in result.walk():
        values[f"weight.{node.code}"] = plain(node.weight)
        if node.points is not None:
            values[f"score.{node.code}"] = plain(node.points)
    return values


def indicator_values(node: IndicatorResult) -> dict[str, str]:
    """Return name, weight, points, rate (得分率) and lost points of one indicator as texts."""
    values = {"name": node.name, "weight": plain(node.weight)}
    if node.points is not None:
        values["points"] = plain(node.points)
    if node.lost_points is not None:
        values["lost"] = plain(node.lost_points)
    if node.score_rate is not None:
        values["rate"] = node.score_rate_text
    return values


def reasons_of(scheme: Scheme, node: IndicatorResult) -> str:
    """Return why points were lost here and below, each leaf's reasons in its phrase."""
    parts: list[str] = []
    for leaf in node.walk():
        if leaf.children:
            continue
        values = indicator_values(leaf)
        if leaf.computed_reason:
            given = values | {"reason": leaf.computed_reason, "points": _ruled_points(leaf)}
            parts.append(_phrase(scheme, "reason_rule", given, leaf.computed_reason))
        if leaf.deduction_reason and leaf.deduction_points:
            typed = leaf.deduction_reason.rstrip(PART_END)
            given = {"reason": typed, "deduction": plain(leaf.deduction_points)}
            parts.append(_phrase(scheme, "reason_deduction", given, typed))
        elif leaf.deduction_reason:
            parts.append(leaf.deduction_reason)
    return _join(parts)


def group_paragraph(scheme: Scheme, node: IndicatorResult, values: Mapping[str, str]) -> str:
    """Return the paragraph of one scored group, with ``values`` of the report at hand.

    A group that ``lists_all_items`` names each leaf; another only why it lost points.
    """
    reasons = reasons_of(scheme, node)
    given = dict(values) | indicator_values(node)
    if reasons:  # else blank: the reason is still to be written
        given["reasons"] = reasons
    if scheme.indicator(node.code).lists_all_items:
        leaves = [leaf for leaf in node.walk() if not leaf.children]
        given["items"] = _join([item_sentence(scheme, leaf, values) for leaf in leaves])
        return _phrase(scheme, "group_items", given, given["items"])
    if node.is_adjustment:
        return _phrase(scheme, "group_adjustment", given, reasons)
    is_partial = bool(node.lost_points) or not node.is_complete
    return _phrase(scheme, "group_partial" if is_partial else "group_full", given, reasons)


def item_sentence(scheme: Scheme, leaf: IndicatorResult, values: Mapping[str, str]) -> str:
    """Return the part of a group's paragraph that speaks of one leaf."""
    reasons = reasons_of(scheme, leaf)
    given = dict(values) | indicator_values(leaf)
    if reasons:
        given |= {"reasons": reasons, "reason": reasons}
    is_partial = bool(leaf.lost_points) or not leaf.is_complete
    return _phrase(scheme, "item_partial" if is_partial else "item_full", given, reasons)


def key_task_values(rate: RateResult, progress: str = "") -> dict[str, str]:
    """Return name, budget, spending (万元) and rate of one key task as texts."""
    values = {"name": rate.name, "progress": progress}
    if rate.text:
        values["rate"] = rate.text
    if rate.denominator is not None:
        values["budget"] = format_wan(rate.denominator)
    if rate.numerator is not None:
        values["executed"] = format_wan(rate.numerator)
    return values


def _ruled_points(leaf: IndicatorResult) -> str:
    """Return the points that the rule gave, before anything was taken off by hand."""
    return plain((leaf.points or Decimal(0)) + leaf.deduction_points)


def _phrase(scheme: Scheme, code: str, values: Mapping[str, str], otherwise: str) -> str:
    return fill(scheme.phrases[code], values) if code in scheme.phrases else otherwise


def _join(parts: list[str]) -> str:
    return JOINER.join(part.rstrip(PART_END) for part in parts if part)
