"""Units on their way to the candidate list, and what hangs on it: inspected, asked about, frozen."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from assessment import consulting
from assessment.models import (
    Assessment,
    Candidate,
    CandidateList,
    Consultation,
    Item,
    NoticeObjection,
    Opinion,
    ScoreSheet,
    Stage,
    State,
)
from communities.models import Appointment, Community, Department
from tests.assessment.steps import DURING, SHANGHAI
from tests.factories import make_assessment

AFTER = datetime(2012, 11, 13, 0, 0, tzinfo=SHANGHAI)
"""The first moment after the last day of a round that `ask` sends."""


def inspected(community: Community, *, total: str = "95", **fields: Any) -> Assessment:
    """An application whose 区预查 is concluded with that total, its self score 96."""
    fields.setdefault("state", State.INSPECTED)
    assessment = make_assessment(community=community, **fields)
    ScoreSheet.objects.filter(assessment=assessment, stage=Stage.SELF).update(total=Decimal(96))
    ScoreSheet.objects.create(assessment=assessment, stage=Stage.DISTRICT, total=Decimal(total))
    return assessment


def ask(
    *units: Assessment, departments: Sequence[Department], by: Appointment, now: datetime = DURING, **fields: Any
) -> Consultation:
    """A round about the units, to be answered by 12 November 2012."""
    defaults = {"number": "武社建办函〔2012〕3号", "sent_on": date(2012, 11, 1), "due_on": date(2012, 11, 12)}
    return consulting.send(
        campaign_year=units[0].campaign_year,
        assessments=units,
        departments=departments,
        by=by,
        now=now,
        **{**defaults, **fields},
    )


def agreed(*units: Assessment, departments: Sequence[Department], by: Appointment) -> Consultation:
    """A round in which everybody agreed, closed."""
    round_ = ask(*units, departments=departments, by=by)
    for department in departments:
        consulting.agree_to_rest(round_, department, by=by, now=DURING)
    consulting.close(round_, by=by, now=DURING)
    return round_


def asked_and_listed(assessment: Assessment, item: Item, *, department: Department, by: Appointment) -> dict[str, int]:
    """What the addresses of rounds and lists name, by the name of their argument."""
    year = assessment.campaign_year
    day = date(2012, 11, 1)
    consultation = Consultation.objects.create(campaign_year=year, round=1, sent_on=day, due_on=day, sent_by=by.user)
    of_unit = {"consultation": consultation, "department": department, "assessment": assessment}
    opinion = Opinion.objects.create(**of_unit)
    remark = Opinion.objects.create(**of_unit, item=item, answer=Opinion.Answer.REMARK, text="材料不齐")
    listed = CandidateList.objects.create(
        campaign_year=year,
        version=1,
        number="武社建办〔2012〕9号",
        dated=day,
        notice_from=day,
        notice_until=day,
        frozen_by=by.user,
        frozen_at=DURING,
    )
    community = assessment.community
    Candidate.objects.create(
        candidate_list=listed,
        assessment=assessment,
        position=1,
        code=community.code,
        name=community.name,
        town_name=community.town.name,
        category=community.category,
        self_total=96,
        district_total=95,
    )
    objection = NoticeObjection.objects.create(
        candidate_list=listed, assessment=assessment, received_on=day, text="用房不足", entered_by=by.user
    )
    made = {"department": department, "consultation": consultation, "opinion": opinion, "remark": remark}
    made |= {"candidate_list": listed, "objection": objection}
    return {name: row.pk for name, row in made.items()}
