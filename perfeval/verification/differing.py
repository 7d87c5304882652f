"""Where two JSON values differ: the path, and the name of the nearest thing around it that has one."""

from collections.abc import Iterator
from dataclasses import dataclass

#: More than this says nothing new.
MOST = 20
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Differing:
    """One value that differs; ``name`` is that of the indicator, goal or task it belongs to."""

    path: str
    name: str
    expected: str
    found: str


def differences(expected: object, found: object) -> list[Differing]:
    """Return where ``found`` differs from ``expected``, in the order of ``expected``, at most ``MOST`` places."""
    return [one for one, _ in zip(_differences(expected, found, "", ""), range(MOST), strict=False)]


def _differences(expected: object, found: object, path: str, name: str) -> Iterator[Differing]:
    match expected, found:
        case dict(), dict():
            name = str(expected.get("name") or name)
            for key in sorted({*expected, *found}, key=str):
                yield from _differences(
                    expected.get(key), found.get(key), f"{path}.{key}" if path else str(key), name
                )
        case list(), list():
            for index in range(max(len(expected), len(found))):
                yield from _differences(
                    expected[index] if index < len(expected) else None,
                    found[index] if index < len(found) else None,
                    f"{path}[{index}]",
                    name,
                )
        case _:
            if expected != found or type(expected) is not type(found):
                yield Differing(path, name, _shown(expected), _shown(found))


def _shown(value: object) -> str:
    text = "—" if value is None else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
