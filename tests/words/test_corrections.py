"""What is lost is told for each code, in both languages."""

import ast
from pathlib import Path

import pytest
from django.utils import translation

from perfeval.corrections import computing
from perfeval.scoring.versions import carrying
from perfeval.words.corrections import LOSSES, describe_loss


def test_every_loss_has_its_sentence_and_no_other_has():
    given = {
        node.value
        for module in (carrying, computing)
        for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and str(node.value).endswith("_gone")
    }

    assert given == set(LOSSES)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "培训 is gone; “是否完成” was filled in with yes."),
        ("zh-hans", "指标“培训”已取消；原填“是否完成”为是。"),
    ],
)
def test_loss_is_told_with_what_was_typed(language, sentence):
    told = {"name": "培训", "input": "是否完成", "value": "yes"}

    with translation.override(language):
        assert describe_loss({"code": "answer_gone", "parameters": told}) == sentence
