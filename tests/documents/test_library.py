"""A report on every scheme of the library builds whole: outline, tables, score sheet, no gap."""

import pytest

from perfeval.documents.building import build
from perfeval.documents.document import Heading, Paragraph, ReportDocument
from perfeval.scoring.engine import score
from perfeval.snapshots.snapshot import Snapshot, read_snapshot, snapshot_text
from tests.scoring.building import SCHEMES, library


def document_of(code: str) -> ReportDocument:
    """Return the document of the figures worked by hand, with a word of prose in each section."""
    scheme, figures = library(code)
    snapshot = Snapshot(
        scheme_code=scheme.code,
        scheme_version=scheme.version,
        scheme_hash="",
        department_code="kexie",
        department_name="某县科学技术协会",
        department_short_name="县科协",
        year=scheme.year,
        title=scheme.report_title.format(department="某县科学技术协会", year=scheme.year),
        revision=1,
        figures=figures,
        narratives={
            section.code: f"{section.title}。" for section in scheme.outline if section.takes_text
        },
        result=score(scheme, figures),
    )
    kept = read_snapshot(snapshot_text(snapshot))
    assert kept == snapshot
    return build(kept, scheme)


@pytest.mark.parametrize("code", sorted(file.stem for file in SCHEMES.glob("*.toml")))
def test_a_report_on_every_scheme_builds_whole(code: str) -> None:
    scheme, figures = library(code)
    result = score(scheme, figures)
    document = document_of(code)

    paragraphs = [block for block in document.blocks if isinstance(block, Paragraph)]
    assert [one.text for one in paragraphs if one.is_pending] == []
    assert not any("{" in one.text or "＿" in one.text for one in paragraphs)
    headings = [block.text for block in document.blocks if isinstance(block, Heading)]
    titles = [section.title for section in scheme.outline]
    assert headings == titles
    assert len(document.score_sheet.rows) == result.leaf_count
    assert all(row.standard and row.points for row in document.score_sheet.rows)
    lost = [node for node in result.walk() if not node.children and node.lost_points]
    assert sum(bool(row.reason) for row in document.score_sheet.rows) >= len(lost)


def test_own_indicators_stand_in_the_score_sheet_under_their_headings() -> None:
    sheet = document_of("hubei_project_2020").score_sheet

    own = [(row.primary, row.secondary, row.tertiary, row.weight, row.points) for row in sheet.rows]
    assert own == [
        ("预算执行情况", "", "", "20", "20"),
        ("产出指标", "数量指标", "补贴渔船数", "20", "20"),
        ("产出指标", "质量指标", "渔船补贴发放率", "10", "10"),
        ("产出指标", "时效指标", "12月底之前完成", "10", "7"),
        ("效益和满意度指标", "服务对象满意度指标", "退捕渔民抽样调查满意度", "40", "39.11"),
    ]
    assert sheet.rows[1].standard == (
        "年初目标值≥6艘。得分＝分值×实际完成值÷年初目标值，最高不超过分值。"
    )
