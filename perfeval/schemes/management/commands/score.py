"""Score a report from files, without a database."""

import json
from argparse import RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from django.core.management.base import BaseCommand, CommandParser

from perfeval.scoring.canonical import result_as_json
from perfeval.scoring.codec import FormatError
from perfeval.scoring.engine import score
from perfeval.scoring.quantity import format_percent, format_points
from perfeval.scoring.result import IndicatorResult, Result, Severity
from perfeval.scoring.scheme.reading import read_figures, read_scheme
from perfeval.words.scoring import describe_format_problem, describe_problem, describe_step

_T = TypeVar("_T")


class Command(BaseCommand):
    """Prints the score, the grade and the explanation of every indicator."""

    help = (
        "Score a report without a database.\n\n"
        "Prints every indicator with its points and how they came about, the total and the\n"
        "grade. Exit code 0; or 2 with a list of everything that is wrong or missing.\n\n"
        "Example:\n"
        "  .venv/bin/python manage.py score --scheme fixtures/schemes/zengcheng_2022.toml \\\n"
        "      --figures fixtures/demo/zengcheng_2022.figures.toml"
    )
    requires_system_checks = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Return a parser that keeps the line breaks of the help."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the two files and the form of the output."""
        parser.add_argument("--scheme", required=True, metavar="FILE.toml")
        parser.add_argument("--figures", required=True, metavar="FILE.toml")
        parser.add_argument(
            "--json",
            action="store_true",
            dest="is_json",
            help="print the whole Result as JSON",
        )

    def handle(self, *, scheme: str, figures: str, is_json: bool, **options: Any) -> None:
        """Read both files, score, print."""
        frozen = self._read(scheme, read_scheme)
        stated = self._read(figures, lambda text: read_figures(text, frozen))
        result = score(frozen, stated)
        if is_json:
            self.stdout.write(json.dumps(result_as_json(result), ensure_ascii=False, indent=2))
        else:
            for line in _lines(result):
                self.stdout.write(line)
        blocking = [
            problem for problem in result.all_problems() if problem.severity is not Severity.WARNING
        ]
        if blocking:
            self._refuse(
                *(
                    f"{figures}: {problem.place}: {describe_problem(problem)}"
                    for problem in blocking
                )
            )

    def _read(self, file: str, read: Callable[[str], _T]) -> _T:
        """Return what ``read`` makes of the file's text, or end with the reasons."""
        try:
            return read(Path(file).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            self._refuse(f"{file}: {error}")
        except FormatError as error:
            self._refuse(
                *(f"{file}: {describe_format_problem(problem)}" for problem in error.problems)
            )

    def _refuse(self, *lines: str) -> NoReturn:
        """Print why, and end with exit code 2."""
        for line in lines:
            self.stderr.write(line)
        raise SystemExit(2)


def _lines(result: Result) -> Iterator[str]:
    """Yield the printed form of a Result."""
    for root in result.indicators:
        for node in root.walk():
            yield from _node_lines(node)
    for rate in (*result.rates, *result.key_task_rates):
        yield f"{rate.name} {rate.text or '—'}"
    base = format_points(result.base_total, fixed=True)
    extra = format_points(result.adjustment_total, fixed=True)
    total = format_points(result.total, fixed=True)
    parts = " + ".join(
        format_points(node.points, fixed=True)
        for node in result.indicators
        if node.points is not None
    )
    yield f"{total} = {parts} ({base} + {extra})"
    yield f"{total} {result.grade}".rstrip()


def _node_lines(node: IndicatorResult) -> Iterator[str]:
    """Yield one indicator with its points, its reason and its steps."""
    indent = "  " * (node.level - 1)
    points = "—" if node.points is None else format_points(node.points, fixed=True)
    rate = "" if node.score_rate is None else f" {format_percent(node.score_rate)}"
    yield f"{indent}{node.name} {points}/{format_points(node.weight)}{rate}"
    if node.children:
        return
    for step in node.steps:
        yield f"{indent}    {step.expression} = {format_points(step.value)}  {describe_step(step)}"
    if node.reason:
        yield f"{indent}    {node.reason}"
