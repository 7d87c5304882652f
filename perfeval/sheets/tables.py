"""A scheme as tables of readable rows, one sheet each, and the rows as a scheme again.

The rows hold everything that the TOML file holds, so nothing is lost on the way through Excel.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from perfeval.scoring.rules.kinds import RULES as RULE_KINDS
from perfeval.scoring.rules.parameters import ParameterType
from perfeval.scoring.scheme.toml_text import toml_text
from perfeval.scoring.scheme.tree import Scheme
from perfeval.scoring.scheme.writing import scheme_as_tables
from perfeval.sheets.grid import Grid, Page, Place, Value, as_text, cell_name


class Form(Enum):
    """What the cells of a column hold."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole"
    FLAG = "flag"
    CODES = "codes"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its key in the file, its heading on the sheet, its width."""

    key: str
    heading: str
    form: Form = Form.TEXT
    width: int = 16


@dataclass(frozen=True, slots=True)
class Table:
    """A list of the file as a sheet of its own."""

    key: str
    sheet: str
    columns: tuple[Column, ...]


_T, _N, _W, _F, _C = Form.TEXT, Form.NUMBER, Form.WHOLE, Form.FLAG, Form.CODES
_CODE = Column("code", "编码", _T, 26)
_INDICATOR = Column("indicator", "指标编码", _T, 26)
HEAD = Table(
    "",
    "基本信息",
    (Column("key", "项", _T, 20), Column("", "名称", _T, 16), Column("value", "内容", _T, 90)),
)
INDICATORS = Table(
    "indicator",
    "指标",
    (
        _CODE,
        Column("parent", "上级编码", _T, 26),
        Column("name", "指标名称", _T, 30),
        Column("weight", "分值", _N, 8),
        Column("standard", "评分标准", _T, 60),
        Column("evidence", "佐证材料", _T, 36),
        Column("source", "依据", _T, 30),
        Column("unverified", "待核实", _T, 30),
        Column("is_own", "个性指标", _F, 10),
        Column("is_adjustment", "加减分项", _F, 10),
        Column("is_scored_group", "单独成段", _F, 10),
        Column("lists_all_items", "列出全部", _F, 10),
    ),
)
RULES = Table(
    "rule",
    "评分规则",
    (
        _INDICATOR,
        Column("", "指标名称", _T, 30),
        Column("path", "参数", _T, 30),
        Column("", "含义", _T, 36),
        Column("value", "值", _T, 60),
    ),
)
INPUTS = Table(
    "input",
    "填报项",
    (
        _INDICATOR,
        Column("name", "填报项", _T, 22),
        Column("label", "名称", _T, 36),
        Column("kind", "类型", _T, 12),
        Column("unit", "单位", _T, 8),
        Column("hint", "提示", _T, 50),
    ),
)
CHOICES = Table(
    "choices",
    "选项",
    (_INDICATOR, Column("input", "填报项", _T, 22), _CODE, Column("label", "名称", _T, 50)),
)
CATEGORIES = Table(
    "goal_category",
    "绩效目标类别",
    (
        _CODE,
        Column("name", "名称", _T, 20),
        Column("kind", "二级编码", _T, 22),
        Column("label", "二级名称", _T, 30),
    ),
)
#: Lists whose rows are the file's tables as they stand.
PLAIN_TABLES = (
    INDICATORS,
    Table(
        "grade_band", "等级", (Column("word", "等级", _T, 12), Column("minimum", "最低分", _N, 12))
    ),
    Table(
        "total_cap",
        "总分限制",
        (
            Column("rate", "支出率编码", _T, 22),
            Column("below", "低于（%）", _N, 12),
            Column("total", "总分最高", _N, 12),
            Column("grade", "等级最高", _T, 12),
        ),
    ),
    Table("figure_column", "收支表栏目", (_CODE, Column("name", "名称", _T, 36))),
    Table(
        "breakdown",
        "收支表分类",
        (_CODE, Column("name", "名称", _T, 24), Column("of", "所分的行", _T, 22)),
    ),
    Table(
        "figure_line",
        "收支表行",
        (
            _CODE,
            Column("name", "名称", _T, 24),
            Column("breakdown", "分类", _T, 20),
            Column("columns", "可填栏目", _C, 40),
            Column("required", "必填栏目", _C, 40),
            Column("hint", "提示", _T, 50),
        ),
    ),
    Table(
        "rate",
        "支出率",
        (
            _CODE,
            Column("name", "名称", _T, 24),
            Column("numerator", "分子", _T, 30),
            Column("denominator", "分母", _T, 30),
        ),
    ),
    Table(
        "outline",
        "报告提纲",
        (
            _CODE,
            Column("level", "层级", _W, 8),
            Column("title", "标题", _T, 36),
            Column("content", "内容", _C, 50),
            Column("hint", "提示", _T, 50),
            Column("is_required", "必填", _F, 8),
            Column("max_length", "最多字数", _W, 10),
        ),
    ),
)
PHRASES = Table("phrases", "固定语句", (_CODE, Column("text", "语句", _T, 100)))
#: Everything that no other table has a column for, by its path: nothing gets lost.
REST = Table(
    "",
    "其他设置",
    (
        Column("list", "类别", _T, 20),
        Column("number", "序号", _W, 8),
        Column("path", "参数", _T, 30),
        Column("value", "值", _T, 80),
    ),
)
#: The path of a parameter and its value, as words for people.
Meaning = Callable[[str, object], str]
#: What stands in the first row of the head's sheet: by this a workbook of ours is known.
FORMAT = ("perfeval", "指标体系数据，格式 1")
#: Keys of the head: heading, form. ``rounding`` is two of them.
HEAD_KEYS: Mapping[str, tuple[str, Form]] = {
    "code": ("编码", _T),
    "version": ("版本", _W),
    "name": ("名称", _T),
    "authority": ("发布单位", _T),
    "year": ("年度", _W),
    "source": ("依据", _T),
    "unverified": ("待核实", _T),
    "report_title": ("报告标题", _T),
    "annex_mark": ("附件标记", _T),
    "full_score": ("满分", _N),
    "equal_goals": ("等于目标未达", _T),
    "deviation_percent": ("超额说明线（%）", _N),
    "rounding.mode": ("取舍方式", _T),
    "rounding.digits": ("小数位数", _W),
}
#: Parameters whose text stays text even if it reads like a number.
_TEXT_KEYS = ("loss_phrase", "expression")
_FLAG_KEYS = frozenset(
    {"deduction_allowed", "more_is_better"}
    | {
        parameter.name
        for kind in RULE_KINDS.values()
        for parameter in kind.parameters
        if parameter.type is ParameterType.FLAG
    }
)
_NUMBER = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,12})?")
_PART = re.compile(r"([^.\[\]]+)|\[([0-9]{1,4})\]")
_SEPARATORS = re.compile(r"[,，、\s]+")


def pages_of(scheme: Scheme, meaning_of: Meaning) -> tuple[Page, ...]:
    """Return the sheets that carry the whole scheme as rows; a sheet without rows is left out.

    ``meaning_of``: what a row of the rule sheet says in words; nothing reads it back.
    """
    tables = scheme_as_tables(scheme)
    pages = [_page(HEAD, _head_rows(tables))]
    for table in PLAIN_TABLES:
        rows = [
            [row.get(column.key, "") for column in table.columns]
            for row in tables.get(table.key, [])
        ]
        pages.append(_page(table, rows))
    names = {row["code"]: row["name"] for row in tables.get("indicator", [])}
    rules = {row["code"]: row["rule"] for row in tables.get("indicator", []) if "rule" in row}
    pages += [
        _page(
            RULES,
            [
                [code, names[code], path, meaning_of(path, value), value]
                for code, rule in rules.items()
                for path, value in _flat_rule(rule)
            ],
        ),
        _page(INPUTS, list(_input_rows(rules))),
        _page(CHOICES, list(_choice_rows(rules))),
        _page(CATEGORIES, list(_category_rows(tables.get("goal_category", [])))),
        _page(PHRASES, [list(item) for item in tables.get("phrases", {}).items()]),
        _page(REST, list(_rest_rows(tables))),
    ]
    return tuple(page for page in pages if len({row for row, _ in page.cells}) > 1)


def is_ours(grids: Iterable[Grid]) -> bool:
    """Return whether the workbook carries a scheme as rows."""
    return any(
        grid.name == HEAD.sheet and any(grid.text(row, 1) == FORMAT[0] for row in range(1, 4))
        for grid in grids
    )


def read_tables(grids: Iterable[Grid]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the file's tables that the rows state, and the cell behind each path of theirs.

    What a cell says wrongly stands in the tables as it is; reading them names the fault by its path.
    """
    by_name = {grid.name: grid for grid in grids}
    tables: dict[str, Any] = {}
    places: dict[str, str] = {}
    _read_head(by_name, tables, places)
    for table in PLAIN_TABLES:
        rows = list(_read_rows(table, by_name))
        if rows:
            named = {"name": ""} if table is INDICATORS else {}
            tables[table.key] = [named | _without_gaps(row.values) for row in rows]
        for n, row in enumerate(rows):
            path = f"{table.key}[{row.values.get('code') or n}]"
            places.update({f"{path}.{key}": place for key, place in row.places.items()})
            places.setdefault(path, row.place)
    _read_rules(by_name, tables, places)
    _read_categories(by_name, tables)
    _read_rest(by_name, tables, places)
    phrases = {
        row.values["code"]: row.values.get("text", "") for row in _read_rows(PHRASES, by_name)
    }
    if phrases:
        tables["phrases"] = phrases
    return tables, places


def text_of(tables: Mapping[str, Any]) -> str:
    """Return the TOML text of tables that were read, for ``reading.read_draft``."""
    return toml_text(tables)


# ── writing ───────────────────────────────────────────────────────────────────────────────────────


def _page(table: Table, rows: Sequence[Sequence[Any]]) -> Page:
    """Return a sheet: headings, then the rows."""
    cells: dict[Place, Value] = {}
    styles: dict[Place, str] = {}
    lines: list[Sequence[Any]] = [[column.heading for column in table.columns], *rows]
    for row, line in enumerate(lines, start=1):
        for column, value in enumerate(line, start=1):
            cells[row, column] = _cell(value)
            styles[row, column] = "head" if row == 1 else "text"
    return Page(
        name=table.sheet,
        cells=cells,
        styles=styles,
        widths=tuple(column.width for column in table.columns),
    )


def _cell(value: Any) -> Value:
    if isinstance(value, bool | Decimal | str):
        return value
    if isinstance(value, int):
        return Decimal(value)
    return "、".join(value)


def _head_rows(tables: Mapping[str, Any]) -> list[list[Any]]:
    flat = {**tables} | {f"rounding.{key}": value for key, value in tables["rounding"].items()}
    return [
        [FORMAT[0], "格式", FORMAT[1]],
        *([key, heading, flat.get(key, "")] for key, (heading, _) in HEAD_KEYS.items()),
    ]


def _flat_rule(rule: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield each parameter of a rule by its path: ``bands[1].points`` is that of the first band."""
    return _flat_table({key: value for key, value in rule.items() if key != "input"})


def _flat_table(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        yield from _flat(key, value)


def _flat(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flat(f"{path}.{key}", item)
        if not value:
            yield path, "{}"
    elif isinstance(value, list | tuple):
        for n, item in enumerate(value, start=1):
            yield from _flat(f"{path}[{n}]", item)
    else:
        yield path, value


def _input_rows(rules: Mapping[str, Any]) -> Iterator[list[Any]]:
    keys = [column.key for column in INPUTS.columns[1:]]
    for code, rule in rules.items():
        for spec in rule.get("input", []):
            yield [code, *(spec.get(key, "") for key in keys)]


def _choice_rows(rules: Mapping[str, Any]) -> Iterator[list[Any]]:
    for code, rule in rules.items():
        for spec in rule.get("input", []):
            for choice in spec.get("choices", []):
                yield [code, spec["name"], choice["code"], choice["label"]]


def _category_rows(categories: Iterable[Mapping[str, Any]]) -> Iterator[list[Any]]:
    for category in categories:
        own = [category["code"], category["name"]]
        kinds = category.get("kinds", [])
        yield from ([*own, kind["code"], kind["label"]] for kind in kinds)
        if not kinds:
            yield [*own, "", ""]


def _rest_rows(tables: Mapping[str, Any]) -> Iterator[list[Any]]:
    """Yield every value of the lists that no other sheet shows."""
    shown = {table.key: {column.key for column in table.columns} for table in PLAIN_TABLES}
    shown["indicator"] |= {"rule"}
    whole = {"rounding", "phrases", CATEGORIES.key}
    for key, value in tables.items():
        if isinstance(value, list) and key not in whole:
            for number, item in enumerate(value, start=1):
                left = {name: held for name, held in item.items() if name not in shown.get(key, ())}
                yield from ([key, number, *row] for row in _flat_table(left))


# ── reading ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a table's sheet: its values by key, the cell of each, and its last cell as it is."""

    values: dict[str, Any]
    places: dict[str, str]
    place: str
    raw: Value = ""


def _read_rows(table: Table, by_name: Mapping[str, Grid]) -> Iterator[_Row]:
    """Yield the rows below the headings; columns may stand in any order, others are passed over."""
    grid = by_name.get(table.sheet)
    if grid is None:
        return
    keys = {column.heading: column for column in table.columns if column.key}
    columns = {n: keys[grid.text(1, n)] for n in grid.columns if grid.text(1, n) in keys}
    for row in grid.rows():
        if row == 1:
            continue
        values, places = {}, {}
        raw: Value = ""
        for n, column in columns.items():
            given = grid.cells.get((row, n), "")
            if given != "":
                raw = given
                values[column.key] = _as_form(given, column.form)
                places[column.key] = f"{table.sheet}!{cell_name(row, n)}"
        if values:
            yield _Row(values, places, f"{table.sheet}!{cell_name(row, 1)}", raw)


def _as_form(value: Value, form: Form) -> Any:
    """Return a cell's value as the file has it; what does not fit stays, to be refused by name."""
    text = as_text(value).strip()
    match form:
        case Form.TEXT:
            return value if isinstance(value, str) else text
        case Form.CODES:
            return [code for code in _SEPARATORS.split(text) if code]
        case Form.FLAG:
            return {"是": True, "否": False}.get(text, text)
        case Form.NUMBER:
            return Decimal(text) if _NUMBER.fullmatch(text) else text
        case Form.WHOLE:
            return int(text) if re.fullmatch(r"-?[0-9]{1,10}", text) else text


def _without_gaps(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not False and value != []}


def _read_head(by_name: Mapping[str, Grid], tables: dict[str, Any], places: dict[str, str]) -> None:
    for row in _read_rows(HEAD, by_name):
        key, value = row.values.get("key", ""), row.values.get("value", "")
        if key in HEAD_KEYS and (value != "" or key in ("name", "authority", "source")):
            owner, _, part = str(key).rpartition(".")
            table = tables.setdefault(owner, {}) if owner else tables
            table[part] = _as_form(value, HEAD_KEYS[key][1])
            places[key] = row.places.get("value", row.place)


def _read_rules(
    by_name: Mapping[str, Grid], tables: dict[str, Any], places: dict[str, str]
) -> None:
    """Put the rules, their inputs and choices into their indicators."""
    indicators = {item.get("code", ""): item for item in tables.get("indicator", [])}
    for row in _read_rows(RULES, by_name):
        owner = indicators.get(row.values.get("indicator", ""))
        path = str(row.values.get("path", ""))
        if owner is None or not path:
            continue
        _set(owner.setdefault("rule", {}), path, _parameter(path, row.values.get("value", "")))
        where = re.sub(r"\[(\d+)\]", lambda match: f"[{int(match[1]) - 1}]", path)
        places[f"indicator[{owner['code']}].rule.{where}"] = row.places.get("value", row.place)
    inputs: dict[tuple[str, str], dict[str, Any]] = {}
    for row in _read_rows(INPUTS, by_name):
        owner = indicators.get(row.values.pop("indicator", ""))
        if owner is not None:
            owner.setdefault("rule", {}).setdefault("input", []).append(row.values)
            name = row.values.get("name", "")
            inputs[owner["code"], name] = row.values
            places[f"indicator[{owner['code']}].rule.input[{name}]"] = row.place
    for row in _read_rows(CHOICES, by_name):
        spec = inputs.get((row.values.get("indicator", ""), row.values.get("input", "")))
        if spec is not None:
            choice = {key: row.values.get(key, "") for key in ("code", "label")}
            spec.setdefault("choices", []).append(choice)


def _read_categories(by_name: Mapping[str, Grid], tables: dict[str, Any]) -> None:
    categories: dict[str, dict[str, Any]] = {}
    for row in _read_rows(CATEGORIES, by_name):
        code = row.values.get("code", "")
        category = categories.setdefault(code, {"code": code, "name": row.values.get("name", "")})
        if row.values.get("kind"):
            kind = {"code": row.values["kind"], "label": row.values.get("label", "")}
            category.setdefault("kinds", []).append(kind)
    if categories:
        tables["goal_category"] = list(categories.values())


def _read_rest(by_name: Mapping[str, Grid], tables: dict[str, Any], places: dict[str, str]) -> None:
    """Put what no other sheet shows where it belongs."""
    for row in _read_rows(REST, by_name):
        key, number = row.values.get("list", ""), row.values.get("number", 0)
        items = tables.setdefault(key, [])
        if not isinstance(items, list) or not isinstance(number, int) or number < 1:
            continue
        if number > len(items):
            items.append({})
        path, value = str(row.values.get("path", "")), row.values.get("value", "")
        kept = value if isinstance(row.raw, str) and not _is_flag(path) else _parameter(path, value)
        _set(items[min(number, len(items)) - 1], path, kept)
        places[f"{key}[{number - 1}]"] = row.place


def _is_flag(path: str) -> bool:
    last = path.rpartition(".")[2]
    return last in _FLAG_KEYS or last.startswith(("is_", "has_"))


def _parameter(path: str, value: Any) -> Any:
    """Return a parameter's value as the file has it."""
    text = str(value)
    last = path.rpartition(".")[2]
    if text == "{}":
        return {}
    if last in _TEXT_KEYS:
        return text
    if _is_flag(path) and text in ("是", "否"):
        return text == "是"
    if last == "digits" and path.startswith("rounding"):
        return int(text) if text.isdigit() else text
    return Decimal(text) if _NUMBER.fullmatch(text) else text


def _set(table: dict[str, Any], path: str, value: Any) -> None:
    """Set the value at ``path``, making the tables and lists on the way."""
    parts: list[str | int] = [
        name or int(number) - 1 for name, number in _PART.findall(path) if name or int(number) > 0
    ]
    here: Any = table
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        fresh: Any = value if following is None else [] if isinstance(following, int) else {}
        if isinstance(part, int) and isinstance(here, list):
            if part >= len(here):
                here.append(fresh)
            here = here[min(part, len(here) - 1)]
        elif isinstance(part, str) and isinstance(here, dict):
            here = (
                here.setdefault(part, fresh)
                if following is not None
                else here.update({part: fresh})
            )
        else:
            return
