"""Canonical JSON of scheme, figures and result: what is stored, hashed, and read back exactly.

Decimals stand as plain text ("12.5"). Schemes and figures leave out fields at their default, so
that a field added later does not change the hash of what was issued or submitted before.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from perfeval.scoring.codec import INVALID, Decoder, FormatError, encode, joined, shown
from perfeval.scoring.figures import Figures
from perfeval.scoring.result import Result
from perfeval.scoring.rules.kinds import RULES
from perfeval.scoring.rules.parameters import parse_parameters
from perfeval.scoring.scheme.tree import Rule, Scheme

_T = TypeVar("_T")

__all__ = [
    "FormatError",
    "canonical_text",
    "content_hash",
    "draft_from_json",
    "figures_as_json",
    "figures_from_json",
    "result_as_json",
    "result_from_json",
    "rule_as_json",
    "rule_from_json",
    "scheme_as_json",
    "scheme_from_json",
]


def scheme_as_json(scheme: Scheme) -> dict[str, Any]:
    """Return the scheme as JSON data. Raises: TypeError for a float in it."""
    return _table(encode(scheme, omit_defaults=True))


def scheme_from_json(data: object) -> Scheme:
    """Return the scheme that ``scheme_as_json`` wrote.

    Only the form is read; ``scheme_checks.check_scheme`` looks at the meaning.
    Raises: FormatError with every problem.
    """
    return _decoded(Scheme, data)


def draft_from_json(data: object) -> Scheme:
    """Return a draft as ``scheme_as_json`` wrote it; its rules may still lack parameters.

    Only the form is read; ``scheme_checks.check_scheme`` names everything that issuing forbids.
    Raises: FormatError with every problem.
    """
    return _decoded(Scheme, data, allows_gaps=True)


def rule_as_json(rule: Rule) -> dict[str, Any]:
    """Return one rule as JSON data."""
    return _table(encode(rule, omit_defaults=True))


def rule_from_json(data: object) -> Rule:
    """Return the rule that ``rule_as_json`` wrote. Raises: FormatError with every problem."""
    return _decoded(Rule, data)


def figures_as_json(figures: Figures) -> dict[str, Any]:
    """Return the figures as JSON data. Raises: TypeError for a float in them."""
    return _table(encode(figures, omit_defaults=True))


def figures_from_json(data: object) -> Figures:
    """Return the figures that ``figures_as_json`` wrote. Raises: FormatError with every problem."""
    return _decoded(Figures, data)


def result_as_json(result: Result) -> dict[str, Any]:
    """Return the result as JSON data with every field, also the empty ones."""
    return _table(encode(result))


def result_from_json(data: object) -> Result:
    """Return the result that ``result_as_json`` wrote. Raises: FormatError with every problem."""
    return _decoded(Result, data)


def canonical_text(data: object) -> str:
    """Return JSON data as its one canonical text: keys sorted, no spaces, no escapes of Chinese."""
    return json.dumps(
        data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def content_hash(scheme: Scheme) -> str:
    """Return the SHA-256 of the scheme's canonical text, 64 hexadecimal digits."""
    return hashlib.sha256(canonical_text(scheme_as_json(scheme)).encode()).hexdigest()


def read_rule(decoder: Decoder, data: object, path: str) -> object:
    """Return ``data`` as a Rule whose parameters are read by the declaration of its kind."""
    values = decoder.fields_of(Rule, data, path, skip=("parameters",))
    given = data.get("parameters", {}) if isinstance(data, Mapping) else {}
    kind = RULES.get(str(data.get("kind"))) if isinstance(data, Mapping) else None
    if values is None:
        return INVALID
    if kind is None:
        allowed = ", ".join(RULES)
        where = joined(path, "kind")
        return decoder.refuse(where, "unknown_rule_kind", found=values["kind"], allowed=allowed)
    where = joined(path, "parameters")
    if not isinstance(given, Mapping):
        return decoder.refuse(where, "wrong_type", expected="a table", found=shown(given))
    before = len(decoder.problems)
    parsed = parse_parameters(kind.parameters, given, where, decoder)
    return Rule(parameters=parsed, **values) if len(decoder.problems) == before else INVALID


def _table(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise TypeError(f"not a table: {data!r}")
    return data


def _decoded(cls: type[_T], data: object, *, allows_gaps: bool = False) -> _T:
    decoder = Decoder(numbers_are_text=True, hooks={Rule: read_rule}, allows_gaps=allows_gaps)
    decoded = decoder.value(cls, data, "")
    decoder.finish()
    return cast("_T", decoded)
