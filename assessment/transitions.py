"""The chain in one table: who may take an assessment from which states to which, and what must hold (R68-R81).

Buttons, refusals, history and the diagram in docs/workflow.md are derived from TRANSITIONS; `assessment.workflow`
carries the steps out.
"""

from dataclasses import dataclass
from typing import Any

from assessment import checks
from assessment.checks import Check
from assessment.models import Stage, State
from communities.models import Role


@dataclass(frozen=True)
class Transition:
    """One row: who may take an assessment from which states to which, and what must hold.

    `decided_on` names the page of the act of which the step is a part (a list that is fixed, a document that is
    entered, a 区划调整); empty where the step is taken on the assessment's own page.
    """

    name: str
    label: str
    roles: tuple[Role, ...]
    sources: tuple[State, ...]
    target: State
    checks: tuple[Check, ...] = ()
    needs_reason: bool = False
    needs_document: bool = False
    sets_last_day: bool = False
    gives_receipt: bool = False
    voids_receipt: bool = False
    reopens_inspections: bool = False
    """Whether what the district has checked is to be checked again: the application, or the finding, will change."""
    decided_on: str = ""

    @property
    def needs_form(self) -> bool:
        """Whether the step asks for anything beside a press of its button."""
        return self.needs_reason or self.needs_document or self.sets_last_day


TOWN, BUREAU = (Role.TOWN_OFFICER,), (Role.BUREAU_OFFICER,)
CITY = (Role.BUREAU_OFFICER, Role.CITY_INSPECTOR)
PROVINCE = (Role.BUREAU_OFFICER, Role.PROVINCE_INSPECTOR)
"""The bureau enters on behalf of a city or province that has no account here (R75)."""
CANDIDATES, DOCUMENT, REORGANISATION = "创建名单", "命名文件", "区划调整"
S = State


def _row(
    name: str,
    label: str,
    roles: tuple[Role, ...],
    sources: tuple[State, ...],
    target: State,
    *checks: Check,
    **flags: Any,
) -> Transition:
    return Transition(name, label, roles, sources, target, checks, **flags)


TRANSITIONS = {
    row.name: row
    for row in [
        # 自查申报, R69 to R71
        _row(
            *("submit", "提交申报", TOWN, (S.DRAFT, S.RETURNED), S.SUBMITTED),
            *(checks.before_deadline, checks.every_item_is_scored, checks.reasons_are_given),
            checks.score_reaches_pass_mark,
            gives_receipt=True,
        ),
        _row("withdraw", "撤回", TOWN, (S.SUBMITTED,), S.DRAFT, checks.before_deadline, voids_receipt=True),
        _row("receive", "接收", BUREAU, (S.SUBMITTED,), S.RECEIVED),
        _row(
            *("return", "退回修改", BUREAU, (S.SUBMITTED, S.RECEIVED), S.RETURNED),
            needs_reason=True,
            sets_last_day=True,
            reopens_inspections=True,
        ),
        # 区预查、征求部门意见、创建名单, R73 and R74
        _row(
            *("conclude", "预查办结", BUREAU, (S.RECEIVED,), S.INSPECTED),
            checks.inspected_by_every_method(Stage.DISTRICT),
        ),
        _row(
            *("reopen", "重新预查", BUREAU, (S.INSPECTED,), S.RECEIVED),
            needs_reason=True,
            reopens_inspections=True,
        ),
        _row("decline", "不列入名单", BUREAU, (S.INSPECTED,), S.UNLISTED, needs_reason=True),
        _row(
            *("enlist", "列入创建名单", BUREAU, (S.INSPECTED,), S.LISTED),
            *(checks.district_score_reaches_pass_mark, checks.departments_have_answered, checks.no_open_objection),
            decided_on=CANDIDATES,
        ),
        _row("delist", "移出创建名单", BUREAU, (S.LISTED,), S.UNLISTED, needs_reason=True, decided_on=CANDIDATES),
        # 市抽查、省考评, R75 to R81
        _row(
            *("pass_city", "市验收通过", CITY, (S.LISTED,), S.CITY_PASSED),
            *(checks.drawn_at(Stage.CITY), checks.passes_where_drawn(Stage.CITY)),
        ),
        _row(
            *("fail_city", "市验收不通过", CITY, (S.LISTED,), S.FAILED),
            checks.fails_where_drawn(Stage.CITY),
            needs_reason=True,
        ),
        _row(
            *("recognise", "认定达标", PROVINCE, (S.CITY_PASSED,), S.RECOGNISED),
            *(checks.drawn_at(Stage.PROVINCE), checks.passes_where_drawn(Stage.PROVINCE)),
        ),
        _row(
            *("fail_province", "省考评不通过", PROVINCE, (S.CITY_PASSED,), S.FAILED),
            checks.fails_where_drawn(Stage.PROVINCE),
            needs_reason=True,
        ),
        _row("name", "命名", BUREAU, (S.RECOGNISED,), S.NAMED, needs_document=True, decided_on=DOCUMENT),
        # 动态复核 of a unit that is named, R80 and decision 9
        _row(
            *("keep", "复核合格，保留称号", PROVINCE, (S.RECHECK,), S.KEPT),
            checks.reaches_pass_mark(Stage.PROVINCE),
            needs_document=True,
        ),
        _row(
            *("order_rectification", "限期整改", PROVINCE, (S.RECHECK,), S.RECTIFYING),
            checks.fails_where_drawn(Stage.PROVINCE),
            needs_reason=True,
            needs_document=True,
            sets_last_day=True,
        ),
        _row(
            *("report_rectified", "报送复查", TOWN, (S.RECTIFYING,), S.REINSPECTING),
            checks.rectifications_are_settled,
        ),
        _row(
            *("keep_after_rectification", "复查合格，保留称号", PROVINCE, (S.REINSPECTING,), S.KEPT),
            checks.reaches_pass_mark(Stage.REINSPECTION),
            needs_document=True,
        ),
        _row(
            *("propose_revocation", "建议撤销", PROVINCE, (S.RECTIFYING, S.REINSPECTING), S.REVOCATION_PROPOSED),
            needs_reason=True,
            needs_document=True,
        ),
        _row(
            *("retain", "决定保留称号", BUREAU, (S.REVOCATION_PROPOSED,), S.KEPT),
            needs_reason=True,
            needs_document=True,
        ),
        _row(
            "revoke", "撤销称号", BUREAU, (S.REVOCATION_PROPOSED,), S.REVOKED, needs_document=True, decided_on=DOCUMENT
        ),
        _row("restore", "恢复称号", BUREAU, (S.REVOKED,), S.KEPT, needs_document=True, decided_on=DOCUMENT),
        # 区划调整, decision 14
        _row(
            *("close", "终止", BUREAU, tuple(state for state in State if not state.at_rest), S.CLOSED),
            needs_reason=True,
            decided_on=REORGANISATION,
        ),
    ]
}
