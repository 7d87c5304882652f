"""Plain tables as TOML text that people can read and edit; the standard library only reads TOML.

What is short stands on one line, what is long one item a line; a text with line breaks stands as it
reads. The same tables always give the same text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeGuard

from perfeval.scoring.quantity import plain

#: A list or a table longer than this is written one item a line.
LONGEST_LINE = 96
#: Lists of tables that stand as ``[[…]]`` of their own below the top level.
OWN_TABLES = frozenset({"input"})
#: Tables that stand as ``[…]`` of their own however short they are.
OWN_TABLE = frozenset({"rule"})

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def toml_text(tables: Mapping[str, Any]) -> str:
    """Return ``tables`` as TOML: text, Decimal, int, bool, lists and tables of these.

    Raises: TypeError for a value that TOML or an exact number cannot hold.
    """
    return "\n".join(_table_lines("", tables)).strip("\n") + "\n"


def _table_lines(path: str, table: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of one table: its own keys first, then the tables below it."""
    below: list[tuple[str, Any]] = []
    for key, value in table.items():
        if _stands_alone(path, key, value):
            below.append((key, value))
        else:
            yield f"{_key(key)} = {_value(value, len(key) + 3)}"
    for key, value in below:
        where = f"{path}.{_key(key)}" if path else _key(key)
        if isinstance(value, Mapping):
            yield from ("", f"[{where}]")
            yield from _table_lines(where, value)
        else:
            for item in value:
                yield from ("", f"[[{where}]]")
                yield from _table_lines(where, item)


def _stands_alone(path: str, key: str, value: object) -> bool:
    """Return whether ``value`` has a heading of its own instead of standing behind its key."""
    if isinstance(value, Mapping):
        is_own = not path or key in OWN_TABLE
        return is_own or (bool(value) and len(key) + 3 + len(_inline(value)) > LONGEST_LINE)
    is_tables = _is_list(value) and bool(value) and all(isinstance(item, Mapping) for item in value)
    return is_tables and (not path or key in OWN_TABLES)


def _value(value: object, indent: int) -> str:
    """Return a value behind its key, over several lines where it is long."""
    if isinstance(value, str) and "\n" in value:
        return _long_text(value)
    line = _inline(value)
    is_tables = _is_list(value) and any(isinstance(entry, Mapping) for entry in value)
    if _is_list(value) and value and (is_tables or indent + len(line) > LONGEST_LINE):
        return "[\n" + "".join(f"  {_inline(item)},\n" for item in value) + "]"
    return line


def _inline(value: object) -> str:
    """Return a value on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{_escaped(value)}"'
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        items = ", ".join(f"{_key(key)} = {_inline(item)}" for key, item in value.items())
        return f"{{ {items} }}" if items else "{}"
    if _is_list(value):
        return f"[{', '.join(_inline(item) for item in value)}]"
    raise TypeError(f"no TOML form for {type(value).__name__}: {value!r}")


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else f'"{_escaped(key)}"'


def _escaped(text: str) -> str:
    escaped = "".join(_ESCAPES.get(sign, sign) for sign in text)
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", escaped)


def _long_text(text: str) -> str:
    """Return a text over several lines as it reads; only what would end it is escaped."""
    lines = "".join(sign if sign in '\n"' else _escaped(sign) for sign in text)
    lines = lines.replace('"""', '""\\"')
    if lines.endswith('"'):
        lines = lines[:-1] + '\\"'
    return f'"""\n{lines}"""'
