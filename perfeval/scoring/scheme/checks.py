"""What a scheme may not say: weights that do not add up, references to nothing, unknown blocks."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import pairwise

from perfeval.scoring.codec import FormatProblem
from perfeval.scoring.lookup import INPUTS_OF
from perfeval.scoring.quantity import plain
from perfeval.scoring.rules.kinds import RULES, RuleKind
from perfeval.scoring.rules.parameters import (
    ANSWER_PREFIX,
    MAX_ROUNDING_DIGITS,
    ParameterType,
    references,
)
from perfeval.scoring.scheme.lint import lint_scheme, parameter_problems
from perfeval.scoring.scheme.phrases import (
    LOSS_NAMES,
    OWN_NAMES,
    TITLE_NAMES,
    placeholders,
    report_names,
)
from perfeval.scoring.scheme.slots import check_slots
from perfeval.scoring.scheme.tree import Indicator, InputKind, Rule, Scheme

MAX_LEVEL = 3
#: Years that a report can be about; anything else is a typing error.
YEARS = range(2000, 2101)
#: Keys of an answer beside its inputs, which no input may be called.
RESERVED_INPUTS = frozenset({"deduction_points", "deduction_reason"})
#: Blocks that a section may be made of, beside ``phrase.<code>``.
BLOCKS = frozenset(
    {
        "text",
        "table.figures",
        "table.goals",
        "table.key_tasks",
        "paragraphs.groups",
        "paragraphs.key_tasks",
        "chart.score_by_group",
        "chart.points_lost",
        "chart.budget_actual",
        "chart.year_on_year",
    }
)
#: Phrases without which a block cannot be written.
NEEDED_PHRASES: Mapping[str, tuple[str, ...]] = {
    "paragraphs.groups": ("group_full", "group_partial"),
    "paragraphs.key_tasks": ("key_task",),
}

_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")


def check_scheme(scheme: Scheme) -> tuple[FormatProblem, ...]:
    """Return everything that the scheme cannot mean; empty when it can be used."""
    return (
        *_check_head(scheme),
        *_check_codes(scheme),
        *_check_weights(scheme),
        *(problem for node in scheme.walk() for problem in _check_indicator(scheme, node)),
        *lint_scheme(scheme),
        *check_slots(scheme),
        *_check_figures(scheme),
        *_check_outline(scheme),
        *_check_phrases(scheme),
    )


def _check_head(scheme: Scheme) -> Iterator[FormatProblem]:
    if scheme.version < 1:
        yield FormatProblem("version", "version_not_positive", {"found": str(scheme.version)})
    if scheme.year not in YEARS:
        yield FormatProblem("year", "year_out_of_range", {"found": str(scheme.year)})
    yield from _check_digits("rounding.digits", scheme.rounding.digits)
    if scheme.full_score <= 0:
        yield FormatProblem(
            "full_score", "weight_not_positive", {"weight": plain(scheme.full_score)}
        )
    if not scheme.indicators:
        yield FormatProblem("indicator", "no_indicators")
    yield from _check_placeholders("report_title", scheme.report_title, TITLE_NAMES)
    yield from _check_bands(scheme)
    yield from _check_total_caps(scheme)


def _check_digits(path: str, digits: int) -> Iterator[FormatProblem]:
    if not 0 <= digits <= MAX_ROUNDING_DIGITS:
        values = {"found": str(digits), "most": str(MAX_ROUNDING_DIGITS)}
        yield FormatProblem(path, "digits_out_of_range", values)


def _check_total_caps(scheme: Scheme) -> Iterator[FormatProblem]:
    rates, words = {rate.code for rate in scheme.rates}, {band.word for band in scheme.grade_bands}
    most = scheme.full_score + sum(
        (node.weight for node in scheme.indicators if node.is_adjustment), Decimal(0)
    )
    for n, cap in enumerate(scheme.total_caps):
        path = f"total_cap[{n}]"
        if cap.rate not in rates:
            yield FormatProblem(f"{path}.rate", "unknown_rate", {"code": cap.rate})
        if cap.grade and cap.grade not in words:
            yield FormatProblem(f"{path}.grade", "unknown_grade", {"word": cap.grade})
        if cap.total is None and not cap.grade:
            yield FormatProblem(path, "cap_without_limit")
        if cap.total is not None and cap.total >= most:
            values = {"total": plain(cap.total), "most": plain(most)}
            yield FormatProblem(f"{path}.total", "cap_out_of_reach", values)


def _check_bands(scheme: Scheme) -> Iterator[FormatProblem]:
    bands = scheme.grade_bands
    for n, (upper, lower) in enumerate(pairwise(bands), start=1):
        if upper.minimum <= lower.minimum:
            values = {"upper": plain(upper.minimum), "lower": plain(lower.minimum)}
            yield FormatProblem(f"grade_band[{n}].minimum", "bands_not_descending", values)
    if bands and bands[-1].minimum != 0:
        values = {"minimum": plain(bands[-1].minimum)}
        yield FormatProblem(f"grade_band[{len(bands) - 1}].minimum", "last_band_not_zero", values)
    yield from _duplicates("grade_band", (band.word for band in bands))


def _check_codes(scheme: Scheme) -> Iterator[FormatProblem]:
    named = {
        "": [scheme.code],
        "indicator": [node.code for node in scheme.walk()],
        "figure_column": [column.code for column in scheme.figure_columns],
        "figure_line": [line.code for line in scheme.figure_lines],
        "breakdown": [breakdown.code for breakdown in scheme.breakdowns],
        "rate": [rate.code for rate in scheme.rates],
        "goal_category": [category.code for category in scheme.goal_categories],
        "outline": [section.code for section in scheme.outline],
        "phrases": list(scheme.phrases),
    }
    for category in scheme.goal_categories:
        named[f"goal_category[{category.code}].kinds"] = [kind.code for kind in category.kinds]
    for path, codes in named.items():
        yield from _duplicates(path, codes)
        for code in codes:
            if not _CODE.fullmatch(code):
                yield FormatProblem(
                    f"{path}[{code}]" if path else "code", "bad_code", {"code": code}
                )


def _duplicates(path: str, codes: Iterable[str]) -> Iterator[FormatProblem]:
    for code, count in Counter(codes).items():
        if count > 1:
            yield FormatProblem(f"{path}[{code}]", "duplicate_code", {"count": str(count)})


def _check_weights(scheme: Scheme) -> Iterator[FormatProblem]:
    base = [node.weight for node in scheme.indicators if not node.is_adjustment]
    yield from _check_sum("full_score", base, scheme.full_score)
    for node in scheme.walk():
        if node.children:
            weights = [child.weight for child in node.children]
            yield from _check_sum(_path(node, "weight"), weights, node.weight)
        if node.weight < 0 or (node.weight == 0 and not node.is_adjustment):
            values = {"weight": plain(node.weight)}
            yield FormatProblem(_path(node, "weight"), "weight_not_positive", values)


def _check_sum(path: str, weights: list[Decimal], expected: Decimal) -> Iterator[FormatProblem]:
    total = sum(weights, Decimal(0))
    if total != expected:
        values = {"sum": plain(total), "expected": plain(expected)}
        yield FormatProblem(path, "weights_do_not_add_up", values)


def _check_indicator(scheme: Scheme, node: Indicator) -> Iterator[FormatProblem]:
    for child in node.children:
        if child.level != node.level + 1:
            values = {"level": str(child.level), "expected": str(node.level + 1)}
            yield FormatProblem(_path(child, "level"), "level_wrong", values)
    if node.level > MAX_LEVEL:
        yield FormatProblem(_path(node), "too_deep", {"most": str(MAX_LEVEL)})
    if node.is_adjustment and (node.level != 1 or node.children):
        yield FormatProblem(_path(node), "adjustment_not_level_1_leaf")
    if node.children and node.rule is not None:
        yield FormatProblem(_path(node, "rule"), "group_with_rule")
    if node.is_leaf and node.rule is None and scheme.slot(node.code) is None:
        yield FormatProblem(_path(node, "rule"), "leaf_without_rule")
    elif node.is_leaf and node.rule is not None:
        yield from _check_rule(scheme, node, node.rule)


def _check_rule(scheme: Scheme, node: Indicator, rule: Rule) -> Iterator[FormatProblem]:
    path = _path(node, "rule")
    kind = RULES.get(rule.kind)
    if kind is None:
        values = {"found": rule.kind, "allowed": ", ".join(RULES)}
        yield FormatProblem(f"{path}.kind", "unknown_rule_kind", values)
        return
    if kind.is_adjustment != node.is_adjustment:
        yield FormatProblem(f"{path}.kind", "adjustment_kind_mismatch", {"kind": rule.kind})
    if kind.needs_deduction and not rule.deduction_allowed:
        yield FormatProblem(f"{path}.deduction_allowed", "deduction_needed", {"kind": rule.kind})
    if kind.is_adjustment and rule.deduction_allowed:
        yield FormatProblem(f"{path}.deduction_allowed", "deduction_on_adjustment")
    if kind.is_adjustment and rule.applies:
        yield FormatProblem(f"{path}.applies", "not_applicable_on_adjustment")
    if rule.rounding:
        yield from _check_digits(f"{path}.rounding.digits", rule.rounding.digits)
    yield from _check_placeholders(f"{path}.loss_phrase", rule.loss_phrase, LOSS_NAMES)
    wrong = parameter_problems(rule, path)
    if wrong:
        yield from wrong
        return
    yield from _check_inputs(kind, rule, path)
    yield from _check_references(scheme, kind, rule, path)
    if kind.check:
        yield from kind.check(node, rule.parameters, path)


def _check_inputs(kind: RuleKind, rule: Rule, path: str) -> Iterator[FormatProblem]:
    yield from _duplicates(f"{path}.input", (spec.name for spec in rule.inputs))
    used = {reference for _, reference in references(kind.parameters, rule.parameters)}
    used |= {rule.applies, rule.override}
    for spec in rule.inputs:
        where = f"{path}.input[{spec.name}]"
        if spec.name in RESERVED_INPUTS or not _CODE.fullmatch(spec.name):
            yield FormatProblem(where, "bad_code", {"code": spec.name})
        if f"{ANSWER_PREFIX}.{spec.name}" not in used:
            yield FormatProblem(where, "input_not_used")
        needs_choices = spec.kind in (InputKind.CHOICE, InputKind.MULTIPLE)
        if needs_choices != bool(spec.choices):
            yield FormatProblem(where, "choices_wrong", {"kind": spec.kind.value})
        yield from _duplicates(f"{where}.choices", (choice.code for choice in spec.choices))


def _check_references(
    scheme: Scheme, kind: RuleKind, rule: Rule, path: str
) -> Iterator[FormatProblem]:
    inputs = {f"{ANSWER_PREFIX}.{spec.name}": spec.kind for spec in rule.inputs}
    amounts = set(scheme.amount_references())
    for parameter, reference in references(kind.parameters, rule.parameters):
        where, values = f"{path}.{parameter.name}", {"reference": reference}
        if reference in inputs:
            if inputs[reference] not in INPUTS_OF[parameter.type]:
                values["kind"] = inputs[reference].value
                yield FormatProblem(where, "input_kind_wrong", values)
        elif reference not in amounts or parameter.type is not ParameterType.VALUE:
            yield FormatProblem(where, "unknown_reference", values)
    for name, reference, expected in (
        ("applies", rule.applies, ParameterType.YES_NO),
        ("override", rule.override, ParameterType.VALUE),
    ):
        if reference and inputs.get(reference) not in INPUTS_OF[expected]:
            values = {"reference": reference}
            yield FormatProblem(f"{path}.{name}", "unknown_reference", values)
    categories = rule.parameters.get("categories")
    known = {category.code for category in scheme.goal_categories}
    for code in categories if isinstance(categories, tuple) else ():
        if code not in known:
            yield FormatProblem(f"{path}.categories", "unknown_goal_category", {"code": code})


def _check_figures(scheme: Scheme) -> Iterator[FormatProblem]:
    columns = {column.code for column in scheme.figure_columns}
    breakdowns = {breakdown.code for breakdown in scheme.breakdowns}
    lines = {line.code for line in scheme.figure_lines}
    for line in scheme.figure_lines:
        path = f"figure_line[{line.code}]"
        for code in line.columns:
            if code not in columns:
                yield FormatProblem(f"{path}.columns", "unknown_column", {"code": code})
        for code in line.required:
            if code not in line.columns:
                yield FormatProblem(f"{path}.required", "unknown_column", {"code": code})
        if line.breakdown and line.breakdown not in breakdowns:
            yield FormatProblem(f"{path}.breakdown", "unknown_breakdown", {"code": line.breakdown})
    for breakdown in scheme.breakdowns:
        if breakdown.of not in lines:
            path = f"breakdown[{breakdown.code}].of"
            yield FormatProblem(path, "unknown_line", {"code": breakdown.of})
    amounts = set(scheme.amount_references())
    for rate in scheme.rates:
        for name, reference in (("numerator", rate.numerator), ("denominator", rate.denominator)):
            if reference not in amounts:
                path = f"rate[{rate.code}].{name}"
                yield FormatProblem(path, "unknown_reference", {"reference": reference})


def _check_outline(scheme: Scheme) -> Iterator[FormatProblem]:
    level = 0
    for section in scheme.outline:
        path = f"outline[{section.code}]"
        if not 1 <= section.level <= min(MAX_LEVEL, level + 1):
            values = {"level": str(section.level), "most": str(min(MAX_LEVEL, level + 1))}
            yield FormatProblem(f"{path}.level", "outline_level_wrong", values)
        level = section.level
        if section.max_length <= 0:
            yield FormatProblem(f"{path}.max_length", "length_not_positive")
        for block in section.content:
            head, _, code = block.partition(".")
            if head == "phrase" and code not in scheme.phrases:
                yield FormatProblem(f"{path}.content", "unknown_phrase", {"code": code})
            elif head != "phrase" and block not in BLOCKS:
                values = {"block": block, "allowed": ", ".join(sorted(BLOCKS))}
                yield FormatProblem(f"{path}.content", "unknown_block", values)
            for code in NEEDED_PHRASES.get(block, ()):
                if code not in scheme.phrases:
                    yield FormatProblem(f"{path}.content", "unknown_phrase", {"code": code})


def _check_phrases(scheme: Scheme) -> Iterator[FormatProblem]:
    names = report_names(scheme)
    for code, template in scheme.phrases.items():
        allowed = names | OWN_NAMES.get(code, frozenset())
        yield from _check_placeholders(f"phrases.{code}", template, allowed)


def _check_placeholders(
    path: str, template: str, allowed: Iterable[str]
) -> Iterator[FormatProblem]:
    known = set(allowed)
    for name in placeholders(template):
        if name not in known:
            yield FormatProblem(path, "unknown_placeholder", {"name": name})


def _path(node: Indicator, name: str = "") -> str:
    return f"indicator[{node.code}]" + (f".{name}" if name else "")
