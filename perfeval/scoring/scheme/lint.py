"""What a scheme may say but cannot mean: points nobody can earn, costs that reward spending."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from perfeval.scoring.codec import Decoder, FormatProblem
from perfeval.scoring.quantity import plain
from perfeval.scoring.rules.kinds import RULES
from perfeval.scoring.rules.parameters import ParameterType, parse_parameters, read_bands
from perfeval.scoring.scheme.tree import Indicator, Rule, Scheme, WhenNotApplicable

#: Words in the name of an indicator, or of what it belongs to, by which it is a cost; with one of
#: the others it is a saving. A rule that means it says ``more_is_better``.
COST_WORDS = ("成本",)
SAVING_WORDS = ("节约", "节支", "节省", "降低", "下降", "压减")


def lint_scheme(scheme: Scheme) -> Iterator[FormatProblem]:
    """Yield each place where the scheme is well formed and still cannot be meant."""
    for root in scheme.indicators:
        yield from _lint_node(root, ())
    yield from _lint_optional("indicator", scheme.indicators)
    yield from _lint_grades(scheme)
    yield from _lint_pages(scheme)


def lint_indicator(node: Indicator, above: tuple[Indicator, ...] = ()) -> Iterator[FormatProblem]:
    """Yield what one indicator cannot mean, given what it belongs to."""
    yield from _lint_node(node, above)


def parameter_problems(rule: Rule, path: str) -> list[FormatProblem]:
    """Return what is wrong in the form of a rule's parameters; its kind must be known."""
    decoder = Decoder()
    parse_parameters(RULES[rule.kind].parameters, rule.parameters, path, decoder)
    return decoder.problems


def _lint_node(node: Indicator, above: tuple[Indicator, ...]) -> Iterator[FormatProblem]:
    path = f"indicator[{node.code}]"
    if node.children:
        yield from _lint_optional(path, node.children)
        for child in node.children:
            yield from _lint_node(child, (*above, node))
    elif node.rule is not None and node.rule.kind in RULES:
        if not node.standard.strip():
            yield FormatProblem(f"{path}.standard", "standard_missing")
        if parameter_problems(node.rule, path):
            return
        yield from _lint_cost(node, node.rule, (*above, node), path)
        yield from _lint_reach(node, node.rule, f"{path}.rule")


def _lint_optional(path: str, nodes: tuple[Indicator, ...]) -> Iterator[FormatProblem]:
    optional = [
        node
        for node in nodes
        if node.rule and node.rule.when_not_applicable is WhenNotApplicable.OPTIONAL
    ]
    if len(optional) == 1:
        yield FormatProblem(f"{path}", "optional_alone", {"name": optional[0].name})
    for node in nodes:
        rule = node.rule
        if rule and rule.when_not_applicable is not WhenNotApplicable.FULL and not rule.applies:
            where = f"indicator[{node.code}].rule.when_not_applicable"
            yield FormatProblem(where, "applies_missing")


def _lint_cost(
    node: Indicator, rule: Rule, names: tuple[Indicator, ...], path: str
) -> Iterator[FormatProblem]:
    text = "".join(named.name for named in names)
    is_cost = any(word in text for word in COST_WORDS)
    is_saving = any(word in node.name for word in SAVING_WORDS)
    if is_cost and not is_saving and not rule.more_is_better and _rewards_more(rule):
        yield FormatProblem(f"{path}.rule", "cost_rewards_more", {"kind": rule.kind})


def _rewards_more(rule: Rule) -> bool:
    """Return whether a higher value earns more points."""
    if rule.kind in ("rate", "ratio_up"):
        return True
    if rule.kind in ("per_point", "per_step"):
        return rule.parameters.get("direction") == "below"
    if rule.kind == "bands":
        bands = sorted(
            read_bands(rule.parameters["bands"]), key=lambda band: (band.low is not None, band.low)
        )
        return bands[-1].points > bands[0].points
    return False


def _lint_reach(node: Indicator, rule: Rule, path: str) -> Iterator[FormatProblem]:
    """Yield when the best band or state of a rule earns less than the weight."""
    best: Decimal | None = None
    if rule.kind == "bands":
        best = max(band.points for band in read_bands(rule.parameters["bands"]))
    table = rule.parameters.get("points")
    if rule.kind == "states" and isinstance(table, Mapping):
        best = max(table.values())
    if best is not None and best < node.weight:
        values = {"best": plain(best), "weight": plain(node.weight)}
        yield FormatProblem(path, "full_points_unreachable", values)
    for parameter in RULES[rule.kind].parameters:
        held = rule.parameters.get(parameter.name)
        if parameter.type is ParameterType.POINTS and held == 0 and parameter.name == "points_each":
            yield FormatProblem(f"{path}.points_each", "nothing_taken_off")


def _lint_pages(scheme: Scheme) -> Iterator[FormatProblem]:
    """Yield each leaf that no page of a report asks for, or more than one."""
    pages: dict[str, list[str]] = {}
    for group in scheme.scored_groups():
        for leaf in group.leaves():
            pages.setdefault(leaf.code, []).append(group.name)
    for leaf in scheme.leaves():
        path, own_pages = f"indicator[{leaf.code}].is_scored_group", pages.get(leaf.code, [])
        if not own_pages and scheme.slot(leaf.code) is None:
            yield FormatProblem(path, "leaf_without_page")
        elif len(own_pages) > 1:
            yield FormatProblem(path, "leaf_on_two_pages", {"names": "、".join(own_pages)})


def _lint_grades(scheme: Scheme) -> Iterator[FormatProblem]:
    bonus = (node.weight for node in scheme.indicators if node.is_adjustment)
    most = scheme.full_score + sum(bonus, Decimal(0))
    for n, band in enumerate(scheme.grade_bands):
        if band.minimum > most:
            values = {"word": band.word, "minimum": plain(band.minimum), "most": plain(most)}
            yield FormatProblem(f"grade_band[{n}].minimum", "grade_unreachable", values)
