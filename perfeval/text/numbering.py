"""Numbers of headings as official documents write them: 一、 （一） 1. （1）."""

_DIGITS = "零一二三四五六七八九"
_LARGEST = 99


def chinese_number(number: int) -> str:
    """Return 1 to 99 in Chinese: 一, 十, 十一, 二十, 二十一.

    Raises: ValueError outside that range.
    """
    if not 1 <= number <= _LARGEST:
        raise ValueError(f"no heading number for {number}: 1 to {_LARGEST} are known")
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def heading_number(level: int, number: int) -> str:
    """Return the mark of a heading: level 1 一、, level 2 （一）, level 3 1., level 4 （1）.

    Source: GB/T 9704-2012, 7.3.3.
    Raises: ValueError for any other level.
    """
    match level:
        case 1:
            return f"{chinese_number(number)}、"
        case 2:
            return f"（{chinese_number(number)}）"
        case 3:
            return f"{number}."
        case 4:
            return f"（{number}）"
    raise ValueError(f"no heading level {level}: 1 to 4 are known")


def table_number(number: int) -> str:
    """Return the mark of a table in the body: 表1."""
    return f"表{number}"


def chart_number(number: int) -> str:
    """Return the mark of a chart: 图1."""
    return f"图{number}"


class Counter:
    """Counts headings as they come; a heading starts the levels below it anew."""

    def __init__(self) -> None:
        """Start before the first heading."""
        self._counts: dict[int, int] = {}

    def next(self, level: int) -> str:
        """Return the mark of the next heading of ``level``."""
        self._counts[level] = self._counts.get(level, 0) + 1
        for below in [known for known in self._counts if known > level]:
            del self._counts[below]
        return heading_number(level, self._counts[level])
