"""Answers as JSON. They come from a process that a stranger's file may have taken over: nothing in them can call anything.

A pickle would be shorter and could do everything; even one of our own classes only could change those classes.
"""

import base64
import json
import sys
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

#: Whose frozen values, enumerations and refusals may be in an answer.
_OURS = "perfeval."


class NotPlain(Exception):
    """A message that is no plain value."""


def packed(value: Any) -> bytes:
    """Return a value as bytes. Raises: TypeError when it, or something in it, is no plain value."""
    return json.dumps(_out(value), ensure_ascii=False).encode("utf-8", "surrogatepass")


def unpacked(message: bytes | bytearray) -> Any:
    """Return what ``packed`` was given. Raises: NotPlain."""
    try:
        return _in(json.loads(message.decode("utf-8", "surrogatepass")))
    except Exception as error:  # bytes that somebody made up fail in any way
        raise NotPlain(str(error)) from error


def _out(value: Any) -> Any:
    """Return a value as JSON knows it; what JSON does not know is a list with its kind in front."""
    match value:
        case Enum():
            return ["member", _name(type(value)), value.name]
        case None | bool() | int() | float() | str():
            return value
        case bytes():
            return ["bytes", base64.b64encode(value).decode()]
        case Decimal():
            return ["decimal", str(value)]
        case list() | tuple() | frozenset():
            return [type(value).__name__, *map(_out, value)]
        case dict():
            return ["dict", *([_out(key), _out(inner)] for key, inner in value.items())]
        case Exception():
            return ["refusal", _name(type(value)), _out(value.args), _out(vars(value))]
        case _ if is_dataclass(value):
            inner = (_out(getattr(value, one.name)) for one in fields(value) if one.init)
            return ["values", _name(type(value)), *inner]
    raise TypeError(f"{type(value).__qualname__} is no plain value")


def _in(found: Any) -> Any:
    if not isinstance(found, list):
        return found
    kind, *rest = found
    match kind, rest:
        case "list", _:
            return [_in(one) for one in rest]
        case "tuple", _:
            return tuple(_in(one) for one in rest)
        case "frozenset", _:
            return frozenset(_in(one) for one in rest)
        case "dict", _:
            return {_in(key): _in(inner) for key, inner in rest}
        case "bytes", [text]:
            return base64.b64decode(text, validate=True)
        case "decimal", [text]:
            return Decimal(text)
        case "member", [name, member]:
            return _class(name, Enum)[member]
        case "values", [name, *inner]:
            return _class(name, object)(*(_in(one) for one in inner))
        case "refusal", [name, args, state]:
            refusal = _class(name, Exception)
            made = refusal.__new__(refusal, *_in(args))
            vars(made).update(_in(state))
            return made
    raise ValueError("no plain value")


def _name(found: type) -> str:
    return f"{found.__module__}:{found.__qualname__}"


def _class(name: str, base: type) -> Any:
    """Return a class of ours. What nobody here has imported, nobody here has asked for. Raises: ValueError."""
    module, _, inner = name.partition(":")
    found = vars(sys.modules.get(module, object)).get(inner) if module.startswith(_OURS) else None
    if not isinstance(found, type) or not (
        is_dataclass(found) if base is object else issubclass(found, base)
    ):
        raise ValueError(f"{name} is no plain value")
    return found
