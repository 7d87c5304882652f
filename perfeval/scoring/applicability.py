"""What does not apply to a department drops out, and its weight goes to what is left."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from perfeval.scoring.figures import Figures
from perfeval.scoring.result import Problem, Severity
from perfeval.scoring.rules.parameters import ANSWER_PREFIX
from perfeval.scoring.scheme.tree import Indicator, Scheme, WhenNotApplicable
from perfeval.scoring.weights import shared


def applies(indicator: Indicator, figures: Figures) -> bool:
    """Return whether the leaf applies; it does until the answer says that it does not."""
    rule, answer = indicator.rule, figures.answers.get(indicator.code)
    if rule is None or not rule.applies or answer is None:
        return True
    return answer.inputs.get(rule.applies.removeprefix(f"{ANSWER_PREFIX}.")) is not False


def moved_weights(scheme: Scheme, figures: Figures) -> dict[str, Decimal]:
    """Return the new weight of each node whose weight changes, by its code; a dropped leaf has 0.

    The weight of a leaf that drops out goes to the others of its group in proportion to theirs, the
    weight of an optional one to the optional ones that were chosen, and when a whole group drops
    out to the other groups. Shares have the scheme's decimals and add up. Source: SPEC a.5 K16.
    """
    gone = {leaf.code for leaf in scheme.leaves() if _drops_out(leaf, figures)}
    moved: dict[str, Decimal] = {}
    if gone:
        roots = [node for node in scheme.indicators if not node.is_adjustment]
        _move(roots, scheme.full_score, gone, scheme.rounding.digits, moved)
    return moved


def choice_problems(scheme: Scheme, figures: Figures) -> Iterator[Problem]:
    """Yield a problem for each group of optional items of which none is chosen."""
    for group in (*(node.children for node in scheme.walk()), scheme.indicators):
        items = [node for node in group if _is_optional(node)]
        if items and not any(applies(node, figures) for node in items):
            values = {"names": "、".join(node.name for node in items)}
            place = f"indicator:{items[0].code}"
            yield Problem("optional_none_chosen", Severity.ERROR, place, values)


def _drops_out(leaf: Indicator, figures: Figures) -> bool:
    is_full = leaf.rule is None or leaf.rule.when_not_applicable is WhenNotApplicable.FULL
    return not is_full and not leaf.is_adjustment and not applies(leaf, figures)


def _is_optional(node: Indicator) -> bool:
    rule = node.rule
    return (
        rule is not None
        and bool(rule.applies)
        and (rule.when_not_applicable is WhenNotApplicable.OPTIONAL)
    )


def _move(
    nodes: Sequence[Indicator],
    weight: Decimal,
    gone: set[str],
    digits: int,
    moved: dict[str, Decimal],
) -> None:
    """Note the new weights of ``nodes``, which have ``weight`` together, and of all below them."""
    for node, new in zip(nodes, _divided(nodes, weight, gone, digits), strict=True):
        if new != node.weight:
            moved[node.code] = new
        if node.children:
            _move(node.children, new, gone, digits, moved)


def _divided(
    nodes: Sequence[Indicator], weight: Decimal, gone: set[str], digits: int
) -> list[Decimal]:
    """Return the weight of each of ``nodes`` once those that dropped out have given theirs."""
    weights = [node.weight for node in nodes]
    stays = [any(leaf.code not in gone for leaf in node.leaves()) for node in nodes]
    optional = [_is_optional(node) for node in nodes]
    takers = [n for n, is_one in enumerate(optional) if is_one and stays[n]]
    pool = sum((weights[n] for n, is_one in enumerate(optional) if is_one), Decimal(0))
    if takers and len(takers) < sum(optional):
        _give(weights, takers, pool, digits)
    for n, is_left in enumerate(stays):
        weights[n] = weights[n] if is_left else Decimal(0)
    left = [n for n, is_left in enumerate(stays) if is_left]
    if left and sum(weights, Decimal(0)) != weight:
        _give(weights, left, weight, digits)
    return weights


def _give(weights: list[Decimal], takers: list[int], total: Decimal, digits: int) -> None:
    """Share ``total`` among the ``takers`` in proportion to their weights."""
    parts = [weights[n] for n in takers]
    if sum(parts, Decimal(0)) <= 0:
        return
    shares = shared(total, parts, digits)
    for n, share in zip(takers, shares, strict=True):
        weights[n] = share
