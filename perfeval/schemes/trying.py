"""Trying a draft out: the engine on rules and figures that are stored nowhere."""

from collections.abc import Mapping
from decimal import Decimal

from perfeval.scoring.engine import score
from perfeval.scoring.figures import Answer, Figures, Goal
from perfeval.scoring.result import IndicatorResult, Result
from perfeval.scoring.rules.kinds import RULES
from perfeval.scoring.rules.parameters import ANSWER_PREFIX, references
from perfeval.scoring.scheme import editing
from perfeval.scoring.scheme.tree import Rule, Scheme


def try_scheme(scheme: Scheme, figures: Figures) -> Result:
    """Return what a department would score with these figures under a draft."""
    return score(scheme, figures)


def try_indicator(
    scheme: Scheme,
    code: str,
    *,
    answer: Answer,
    amounts: Mapping[str, Decimal],
    goals: tuple[Goal, ...],
) -> IndicatorResult:
    """Return what one leaf of a draft would score. Raises: KeyError for an unknown code."""
    figures = Figures(amounts=amounts, goals=goals, answers={code: answer})
    return try_scheme(scheme, figures).indicator(code)


def amounts_read(rule: Rule) -> tuple[str, ...]:
    """Return the cells of the budget table that a rule reads, as ``line.column``, each once."""
    read = references(RULES[rule.kind].parameters, rule.parameters)
    cells = (cell for _parameter, cell in read if not cell.startswith(f"{ANSWER_PREFIX}."))
    return tuple(dict.fromkeys(cells))


def with_rule(scheme: Scheme, code: str, rule: Rule | None) -> Scheme:
    """Return the scheme with another rule at the indicator ``code``."""
    return editing.with_fields(scheme, code, rule=rule)
