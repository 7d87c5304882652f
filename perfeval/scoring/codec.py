"""Frozen values to plain data (JSON or TOML shapes) and back, driven by their type hints.

Strict: an unknown key, a missing key, a wrong type or a number that is not exact is a
``FormatProblem`` that names its path (``indicators[0].children[2].weight``). All problems of one
document are collected before anything is refused.
"""

import re
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from perfeval.scoring.quantity import plain

#: Largest magnitude and most decimals of any number taken from a document.
NUMBER_LIMIT = Decimal("1E+15")
NUMBER_DIGITS = 12
#: Largest whole number (a year, a version, a count of decimals).
INTEGER_LIMIT = 10**9

_NUMBER_TEXT = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,12})?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class FormatProblem:
    """What is wrong in a document: where, a message code, and the values its sentence needs."""

    path: str
    code: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the problem as one line for a log or a terminal."""
        listed = ", ".join(f"{name} {value}" for name, value in self.parameters.items())
        return f"{self.path or 'document'}: {self.code}" + (f" ({listed})" if listed else "")


class FormatError(ValueError):
    """A document that cannot be read; ``problems`` holds everything that is wrong with it."""

    def __init__(self, problems: tuple[FormatProblem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class Invalid(StrEnum):
    """Stands for a part that was refused; its problem is already noted."""

    INVALID = "invalid"


INVALID = Invalid.INVALID


@cache
def hints_of(cls: type) -> dict[str, Any]:
    """Return the resolved type hints of a dataclass."""
    return get_type_hints(cls)


@cache
def fields_of_type(cls: Any) -> tuple[Field[Any], ...]:
    """Return the fields of a dataclass, worked out once."""
    return fields(cls)


def is_default(spec: Field[Any], value: object) -> bool:
    """Return whether ``value`` is what the field would hold when not given."""
    if spec.default is not MISSING:
        return bool(value == spec.default)
    return spec.default_factory is not MISSING and bool(value == spec.default_factory())


def encode(value: object, *, omit_defaults: bool = False) -> Any:
    """Return ``value`` as JSON data; a Decimal becomes its plain text ("12.5").

    ``omit_defaults``: leave out fields that hold their default, so that a field added later does
    not change the hash of a document written before.
    Raises: TypeError for a float or any type that has no exact form.
    """
    match value:
        case None | bool():
            return value
        case StrEnum():
            return value.value
        case str() | int():
            return value
        case Decimal():
            return plain(value)
        case tuple() | list():
            return [encode(item, omit_defaults=omit_defaults) for item in value]
    # A dataclass before a Mapping: a Result is mostly the former, and asking for the latter is slow.
    if is_dataclass(value) and not isinstance(value, type):
        return {
            spec.name: _encode_field(value, spec.name, omit_defaults=omit_defaults)
            for spec in fields_of_type(type(value))
            if not (omit_defaults and is_default(spec, getattr(value, spec.name)))
        }
    if isinstance(value, Mapping):
        return {key: encode(item, omit_defaults=omit_defaults) for key, item in value.items()}
    raise TypeError(f"no exact form for {type(value).__name__}: {value!r}")


def _encode_field(owner: object, name: str, *, omit_defaults: bool) -> Any:
    value = getattr(owner, name)
    if name == "inputs" and isinstance(value, Mapping):  # Answer.inputs: a number beside texts
        return {key: _encode_input(item) for key, item in value.items()}
    return encode(value, omit_defaults=omit_defaults)


def _encode_input(value: object) -> Any:
    return {"number": plain(value)} if isinstance(value, Decimal) else encode(value)


class Decoder:
    """Reads plain data into frozen values and collects every problem on the way.

    ``numbers_are_text``: numbers stand as text ("12.5"), as in canonical JSON; otherwise they are
    ``Decimal`` or ``int``, as ``tomllib`` gives them.
    ``hooks``: types that are read by a function of their own.
    ``allows_gaps``: what a draft has not stated yet of a rule is left out, not refused.
    """

    def __init__(
        self,
        *,
        numbers_are_text: bool = False,
        hooks: Mapping[type, Callable[["Decoder", object, str], object]] | None = None,
        allows_gaps: bool = False,
    ) -> None:
        self.numbers_are_text = numbers_are_text
        self.allows_gaps = allows_gaps
        self.hooks = hooks or {}
        self.problems: list[FormatProblem] = []

    def refuse(self, path: str, code: str, **parameters: str) -> Invalid:
        """Note a problem and return the value that stands for a refused part."""
        self.problems.append(FormatProblem(path, code, parameters))
        return INVALID

    def value(self, expected: Any, data: object, path: str) -> Any:
        """Return ``data`` as a value of the type ``expected``, or INVALID with a problem noted."""
        origin, inner = get_origin(expected), get_args(expected)
        if origin in (types.UnionType, Union):
            return self._union(inner, data, path)
        if origin is tuple:
            return self._sequence(inner[0], data, path)
        if origin is not None and issubclass(origin, Mapping):
            return self._mapping(inner[1], data, path)
        if expected in self.hooks:
            return self.hooks[expected](self, data, path)
        if is_dataclass(expected):
            return self.record(expected, data, path)
        if expected is Decimal:
            return self.number(data, path)
        if expected is bool:
            return data if isinstance(data, bool) else self._wrong(path, "true or false", data)
        if expected is int:
            return self.integer(data, path)
        if issubclass(expected, StrEnum):
            return self._member(expected, data, path)
        return self.text(data, path)

    def record(self, cls: Any, data: object, path: str, skip: tuple[str, ...] = ()) -> Any:
        """Return ``data``, a table, as the dataclass ``cls``."""
        values = self.fields_of(cls, data, path, skip)
        return INVALID if values is None else cls(**values)

    def fields_of(
        self, cls: Any, data: object, path: str, skip: tuple[str, ...] = ()
    ) -> dict[str, Any] | None:
        """Return the fields of ``cls`` that ``data`` gives, None when any of it was refused.

        ``skip``: keys that the caller reads itself.
        """
        if not isinstance(data, Mapping):
            self._wrong(path, "a table", data)
            return None
        before = len(self.problems)
        specs = {spec.name: spec for spec in fields(cls) if spec.name not in skip}
        for key in data:
            if key not in specs and key not in skip:
                self.refuse(joined(path, shown(key)), "unknown_key")
        values = {}
        for name, spec in specs.items():
            if name in data:
                values[name] = self.value(hints_of(cls)[name], data[name], joined(path, name))
            elif spec.default is MISSING and spec.default_factory is MISSING:
                self.refuse(joined(path, name), "missing_key")
        return values if len(self.problems) == before else None

    def number(self, data: object, path: str) -> Decimal | Invalid:
        """Return an exact finite number of at most 12 decimals."""
        if self.numbers_are_text:
            if isinstance(data, str) and _NUMBER_TEXT.fullmatch(data):
                return Decimal(data)
            return self._wrong(path, "a number as text", data)
        if isinstance(data, bool) or not isinstance(data, Decimal | int):
            return self._wrong(path, "a number", data)
        if isinstance(data, int):
            too_large = abs(data) >= NUMBER_LIMIT
            return self.refuse(path, "number_out_of_range") if too_large else Decimal(data)
        # copy_abs: abs() would round to the context and overflow at a huge exponent
        if not data.is_finite() or data.copy_abs() >= NUMBER_LIMIT:
            return self.refuse(path, "number_out_of_range")
        if not data:
            return Decimal(0)  # 0E+999999 would print a million zeros
        exponent = data.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -NUMBER_DIGITS:
            return self.refuse(path, "number_too_precise", digits=str(NUMBER_DIGITS))
        return data

    def integer(self, data: object, path: str) -> int | Invalid:
        """Return a whole number within the limit."""
        if isinstance(data, bool) or not isinstance(data, int):
            return self._wrong(path, "a whole number", data)
        if abs(data) > INTEGER_LIMIT:
            return self.refuse(path, "number_out_of_range")
        return data

    def text(self, data: object, path: str) -> str | Invalid:
        """Return text without control characters."""
        if not isinstance(data, str):
            return self._wrong(path, "text", data)
        if _CONTROL.search(data):
            return self.refuse(path, "control_character")
        return data

    def _union(self, inner: tuple[Any, ...], data: object, path: str) -> Any:
        if types.NoneType in inner:
            others = [option for option in inner if option is not types.NoneType]
            return None if data is None else self.value(others[0], data, path)
        return self._input_value(data, path)

    def _input_value(self, data: object, path: str) -> Any:
        """Return one input of an answer: a number, yes or no, one choice, several choices."""
        if isinstance(data, bool):
            return data
        if isinstance(data, str):
            return self.text(data, path)
        if isinstance(data, list | tuple):
            return self._sequence(str, data, path)
        if self.numbers_are_text and isinstance(data, Mapping) and set(data) == {"number"}:
            return self.number(data["number"], path)
        if not self.numbers_are_text and isinstance(data, Decimal | int):
            return self.number(data, path)
        return self._wrong(path, "a number, true or false, text, or a list of texts", data)

    def _sequence(self, inner: Any, data: object, path: str) -> Any:
        if not isinstance(data, list | tuple):
            return self._wrong(path, "a list", data)
        items = [self.value(inner, item, f"{path}[{n}]") for n, item in enumerate(data)]
        return INVALID if any(item is INVALID for item in items) else tuple(items)

    def _mapping(self, inner: Any, data: object, path: str) -> Any:
        if not isinstance(data, Mapping):
            return self._wrong(path, "a table", data)
        items = {}
        for key, item in data.items():
            if self.text(key, joined(path, shown(key))) is not INVALID:
                items[key] = self.value(inner, item, joined(path, shown(key)))
        return INVALID if any(item is INVALID for item in items.values()) else items

    def _member(self, expected: type[StrEnum], data: object, path: str) -> Any:
        allowed = [member.value for member in expected]
        if isinstance(data, str) and data in allowed:
            return expected(data)
        return self.refuse(path, "unknown_word", found=shown(data), allowed=", ".join(allowed))

    def _wrong(self, path: str, expected: str, data: object) -> Invalid:
        return self.refuse(path, "wrong_type", expected=expected, found=shown(data))

    def finish(self) -> None:
        """Raise FormatError when anything was refused."""
        if self.problems:
            raise FormatError(tuple(self.problems))


def joined(path: str, name: str) -> str:
    """Return the path of the key ``name`` below ``path``."""
    return f"{path}.{name}" if path else name


def shown(data: object) -> str:
    """Return a short printable form of refused data for a message."""
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, int) and abs(data) > INTEGER_LIMIT:
        return "a very large number"
    text = str(data) if isinstance(data, str | int | Decimal) else type(data).__name__
    text = _CONTROL.sub("?", text)
    return text if len(text) <= 60 else text[:59] + "…"
