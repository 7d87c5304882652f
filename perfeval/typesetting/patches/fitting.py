"""Whether a patch fits what is installed: it names what it replaces and relies on, and each is as it was.

``fits.toml`` holds a hash of the source of each, and what other patches a patch needs; ``refitting`` puts new ones there.
"""

import hashlib
import inspect
import linecache
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from types import FunctionType
from typing import Any

TABLE = Path(__file__).with_name("fits.toml")
#: So much of a SHA-256, in hexadecimal digits: a change of a library is no attack.
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class PatchFit:
    """What a patch was written for: hashes by dotted name, or by path where a file is meant.

    ``needs``: the patches without which this one makes a wrong page.
    """

    replaces: Mapping[str, str] = field(default_factory=dict)
    relies_on: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()


def table() -> dict[str, PatchFit]:
    """Return what each patch was written for."""
    read = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {
        name: PatchFit(entry.get("replaces", {}), entry.get("relies_on", {}), tuple(entry["needs"]))
        for name, entry in read.items()
    }


def unfit(fits: Mapping[str, PatchFit]) -> frozenset[str]:
    """Return the patches that do not fit what is installed, and those that need one of them."""
    off = {name for name, fit in fits.items() if not _is_as_it_was(fit)}
    linecache.clearcache()  # the sources that were read
    while further := {
        name for name, fit in fits.items() if name not in off and off.intersection(fit.needs)
    }:
        off |= further
    return frozenset(off)


def _is_as_it_was(fit: PatchFit) -> bool:
    return all(
        fingerprint(name) == known
        for name, known in (*fit.replaces.items(), *fit.relies_on.items())
    )


def fingerprint(name: str) -> str:
    """Return the hash of the source that a name stands for; empty when there is none."""
    try:
        source = _file(name) if "/" in name else _source(_named(name))
    except (ImportError, AttributeError, OSError, TypeError):
        return ""
    return hashlib.sha256(source).hexdigest()[:_DIGITS]


def _named(name: str) -> Any:
    """Return what a dotted name stands for: as it is stored, so that a property is one. Raises: AttributeError."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: Any = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = inspect.getattr_static(found, part)
        return found
    raise AttributeError(name)


def _source(value: Any) -> bytes:
    """Return the source of a function or a property, or of all that a class defines. Raises: OSError, TypeError."""
    return "".join(map(inspect.getsource, _functions(value))).encode()


def _functions(value: Any) -> Iterator[Any]:
    """Yield the functions of which something consists.

    Of a class each by itself: to find the source of a class as such, Python would parse the whole module.
    """
    if isinstance(value, property):
        yield from (part for part in (value.fget, value.fset) if part is not None)
    elif isinstance(value, cached_property):
        yield value.func
    elif isinstance(value, type):
        for member in vars(value).values():
            if isinstance(member, (FunctionType, property, cached_property)):
                yield from _functions(member)
    else:
        yield value


def _file(path: str) -> bytes:
    """Return a library's file. Raises: OSError, ModuleNotFoundError."""
    package, _, rest = path.partition("/")
    return files(package).joinpath(rest).read_bytes()


def name_of(value: Any) -> str:
    """Return the dotted name of a function or a property."""
    if isinstance(value, property):
        value = value.fget
    elif isinstance(value, cached_property):
        value = value.func
    return f"{value.__module__}.{value.__qualname__}"
