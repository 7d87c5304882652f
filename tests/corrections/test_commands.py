"""The steps of a correction and the difference of two versions on the command line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from perfeval.corrections.models import Correction


def said(*arguments: str, **options: object) -> str:
    out = StringIO()
    with translation.override("zh-hans"):
        call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def test_difference_is_told_by_place(year):
    lines = said("scheme_diff", "benchmark:1", "benchmark:2").splitlines()

    assert lines[:2] == ["指标0", "  [得分可能变化] 分值：由5改为5.5。"]
    assert "  [仅改文字] 代码由leaf_9改为leaf_renamed。" in lines
    assert lines[-1] == "原填报内容不再适用"
    assert said("scheme_diff", "benchmark:2", "benchmark:2") == "两个版本内容相同。\n"
    with pytest.raises(CommandError, match="benchmark:1, benchmark:2"):
        said("scheme_diff", "benchmark:1", "benchmark:3")


def test_year_is_corrected_step_by_step(year):
    told = said("correct_year", "propose", "benchmark:1", "--by", "bench-owner", "--reason", "更正")

    made = Correction.objects.get()
    number = str(made.pk)
    assert f"更正{number}（待批准）：已试算20份" in told
    with pytest.raises(CommandError):
        said("correct_year", "apply", number, "--by", "bench-owner")
    with pytest.raises(CommandError):
        said("correct_year", "approve", number)
    said("correct_year", "approve", number, "--by", "bench-approver")
    assert "已转14份" in said("correct_year", "apply", number, "--by", "bench-owner")
    table = said("correct_year", "show", number).splitlines()
    assert len(table) == 21
    assert table[0].startswith("单位0 | ")
    assert "已撤销14份" in said("correct_year", "revert", number, "--by", "bench-owner")
    with pytest.raises(CommandError):
        said("correct_year", "show", "0")
