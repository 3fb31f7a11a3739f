"""The 考核评分表 as an object: what is stored, blank where no stage has scored, a digest of every figure (R70)."""

from decimal import Decimal

import pytest
from django.utils import timezone

from assessment.models import Assessment, ItemScore, Part, ScoreSheet, Stage, State, StateChange
from assessment.models.assessments import FORM_STAGES
from assessment.sheets import SHEET_RELATIONS, sheet_table
from reporting.score_sheets import later_reasons, printed
from tests.factories import make_assessment, make_standard


@pytest.fixture
def assessment(community, open_year):
    return make_assessment(
        community=community, campaign_year=open_year, scores={"1.1": "12.5", "2.1": "11.25"}, state=State.DRAFT
    )


def table_of(assessment):
    return sheet_table(Assessment.objects.select_related(*SHEET_RELATIONS).get(pk=assessment.pk))


def score_stage(assessment, stage: Stage, points: str, reason: str) -> None:
    sheet = ScoreSheet.objects.create(assessment=assessment, stage=stage, part_1=points, total=points)
    item = assessment.standard.items.get(code="1.1")
    ItemScore.objects.create(sheet=sheet, item=item, points=Decimal(points), reason=reason)


def test_sums_are_the_stored_ones_and_never_added_up_again(assessment):
    assessment.sheets.update(part_1=Decimal("7.77"), total=Decimal("55.55"))
    table = table_of(assessment)
    assert table.parts[0].sums[Stage.SELF] == Decimal("7.77")
    assert table.totals[Stage.SELF] == Decimal("55.55")


def test_a_stage_without_a_sheet_is_blank_and_a_zero_stays_zero(assessment):
    table = table_of(assessment)
    assert [table.totals[stage] for stage in FORM_STAGES] == [Decimal("23.75"), None, None, None]
    assert table.parts[7].sums[Stage.SELF] == 0
    assert table.rows[2].scores == {}
    total = [cell.text for cell in printed(table)["total"]]
    assert total == ["", "", "100", "", "23.75", "", "", "", "", ""]


def test_the_parts_come_in_order_with_their_rows(assessment):
    table = table_of(assessment)
    assert [part.label for part in table.parts] == Part.labels
    assert [row.number for row in table.rows] == list(range(1, 9))
    assert table.points == 100


def test_the_reasons_of_later_stages_stand_under_remarks_by_name(assessment):
    score_stage(assessment, Stage.DISTRICT, "12", "公示栏未更新")
    score_stage(assessment, Stage.CITY, "11.5", "记录空白")
    row = table_of(assessment).rows[0]
    assert later_reasons(row) == "区预查：公示栏未更新；市抽查：记录空白"


def test_the_title_is_worded_apart_for_communities_and_villages(assessment, village, open_year):
    assert table_of(assessment).title == "2012年度省级和谐社区建设示范社区考核评分表"
    rural = make_assessment(community=village, campaign_year=open_year)
    assert table_of(rural).title == "2012年度省级和谐社区建设示范村考核评分表"


@pytest.mark.parametrize("field", ["points", "reason"])
def test_the_digest_changes_with_every_figure_and_only_then(assessment, field):
    before = table_of(assessment).digest
    assert table_of(assessment).digest == before
    score = ItemScore.objects.get(sheet__assessment=assessment, item__code="2.1")
    setattr(score, field, {"points": Decimal("11.24"), "reason": "另一原因"}[field])
    score.save()
    assert table_of(assessment).digest != before
    assert len(before) == 16


def test_who_filed_and_who_received_is_named_only_while_it_is_filed(assessment):
    for source, target, actor in (
        (State.DRAFT, State.SUBMITTED, "湖塘张科员"),
        (State.SUBMITTED, State.RECEIVED, "区办王主任"),
    ):
        StateChange.objects.create(
            assessment=assessment,
            action="办理",
            source=source,
            target=target,
            actor=actor,
            at=timezone.now(),
            total=Decimal("23.75"),
        )
    assert table_of(assessment).filled is None
    Assessment.objects.filter(pk=assessment.pk).update(state=State.RECEIVED)
    table = table_of(assessment)
    assert (table.filled.actor, table.received.actor) == ("湖塘张科员", "区办王主任")
    Assessment.objects.filter(pk=assessment.pk).update(state=State.SUBMITTED)
    assert table_of(assessment).received is None


@pytest.mark.parametrize("items", [1, 50])
def test_a_sheet_takes_a_constant_number_of_queries(community, open_year, items, django_assert_num_queries):
    rows = [{"part": number % 8 + 1, "code": f"{number}", "points": Decimal(2)} for number in range(items)]
    made = make_assessment(
        community=community,
        campaign_year=open_year,
        standard=make_standard(items=rows),
        scores={row["code"]: "1.5" for row in rows},
        state=State.SUBMITTED,
    )
    loaded = Assessment.objects.select_related(*SHEET_RELATIONS).get(pk=made.pk)
    with django_assert_num_queries(4):
        sheet_table(loaded)
