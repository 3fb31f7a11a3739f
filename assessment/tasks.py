"""待办: what waits for whom. One table of tasks; counts, dates, urging and reminders are derived from its rows.

A row says which records wait, to which unit they belong for each role that has the task, by when, and where they are
listed. Nothing is stored: a successor in office sees what the unit has to do. Long because it is one table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import CharField, Count, DateField, Min, Q, QuerySet, Value
from django.urls import reverse

from assessment import waiting
from assessment.calendar import Kind
from assessment.models import CampaignYear, Rectification, Stage, State
from assessment.waiting import Ask, Due, Rows, by_calendar, in_state, path_or_calendar, path_to
from communities.models import Appointment, Role


@dataclass(frozen=True, eq=False)
class Task:
    """`owners` gives the path from a row to the unit of each role: `community__town`; "" where all rows are the role's.

    `reminds` marks what its owners are reminded of before the day.
    """

    name: str
    label: str
    owners: Mapping[Role, str]
    rows: Rows
    due: Due
    page: str
    query: Mapping[str, str] = field(default_factory=dict)
    reminds: bool = False
    seen_at: str = ""
    """The page for a leader, where that of the owners is theirs alone."""

    def of(self, appointment: Appointment, ask: Ask) -> QuerySet[Any]:
        """The rows that wait for this person, each with `due`."""
        path = self.owners[Role(appointment.role)]
        mine = {path: getattr(appointment, KEYS[unit_of(path)])} if path else {}
        return self.due_rows(ask).filter(**mine)

    def due_rows(self, ask: Ask) -> QuerySet[Any]:
        return self.rows(ask).alias(due=self.due(ask)).order_by()

    def url(self, campaign_year: CampaignYear, *, looks_on: bool = False) -> str:
        """Where the rows are listed for its owners, or for a leader who `looks_on`."""
        page = (looks_on and self.seen_at) or self.page
        query = {"year": str(campaign_year.year), **self.query}
        return f"{reverse(page)}?" + "&".join(f"{name}={value}" for name, value in query.items())


KEYS = {"town": "town_id", "community": "community_id", "department": "department_id", "inspector": "user_id"}
"""By the last step of an owner's path: what of an appointment it is compared with."""


def unit_of(path: str) -> str:
    return path.rsplit("__", 1)[-1]


# --- the table -----------------------------------------------------------------------------------------------------
BUREAU = {Role.BUREAU_OFFICER: ""}
TOWN = {Role.TOWN_OFFICER: "community__town"}
CITY, PROVINCE = {**BUREAU, Role.CITY_INSPECTOR: ""}, {**BUREAU, Role.PROVINCE_INSPECTOR: ""}
SCORERS = {**TOWN, Role.COMMUNITY_WORKER: "community"}
OPEN, REPORTED = Rectification.Progress.OPEN, Rectification.Progress.REPORTED
LIST, INSPECTIONS = "assessment:list", "assessment:inspection_list"


def on_list(state: State | None = None, **filters: str) -> dict[str, Any]:
    """The 自评申报 list with its filters."""
    return {"page": LIST, "query": {**({"state": state.value} if state else {}), **filters}}


def at_once(step: str, stage: Stage) -> dict[str, Any]:
    """The page on which a step is taken for many; a leader sees the units at the stage that it ends."""
    return {"page": "assessment:steps", "query": {"step": step, "stage": stage.value}, "seen_at": INSPECTIONS}


ROWS = [
    # the unit that applies
    Task(
        "returned",
        "退回修改，待重新申报",
        SCORERS,
        waiting.returned,
        waiting.last_day,
        **on_list(State.RETURNED),
        reminds=True,
    ),
    Task(
        *("withdrawn", "已撤回，待重新申报", SCORERS, waiting.withdrawn, waiting.last_day),
        **on_list(filed="withdrawn"),
        reminds=True,
    ),
    Task(
        *("drafts", "自评中，待完成并申报", SCORERS, waiting.drafts, waiting.last_day),
        **on_list(State.DRAFT, filed="never"),
        reminds=True,
    ),
    Task(
        *("rectifying", "限期整改，待报送复查", TOWN, in_state(State.RECTIFYING), path_to("resubmit_by")),
        **on_list(State.RECTIFYING),
        reminds=True,
    ),
    Task(
        *("rectifications", "整改事项，待整改反馈"),
        {Role.TOWN_OFFICER: "assessment__community__town", Role.COMMUNITY_WORKER: "assessment__community"},
        waiting.rectifications(OPEN),
        path_to("due_on"),
        page="assessment:rectification_list",
        reminds=True,
    ),
    # whoever checks
    Task(
        *("inspections", "检查任务，待完成"),
        dict.fromkeys(
            (Role.BUREAU_OFFICER, Role.TOWN_OFFICER, Role.CITY_INSPECTOR, Role.PROVINCE_INSPECTOR), "inspector"
        ),
        waiting.inspections,
        waiting.end_of_stage,
        page="assessment:my_inspections",
        seen_at=INSPECTIONS,
        reminds=True,
    ),
    Task(
        *("visits_city", "市抽查单位，待完成考评", {Role.CITY_INSPECTOR: ""}, waiting.visits(Stage.CITY)),
        path_or_calendar("visit_on", Kind.CITY),
        page=INSPECTIONS,
        query={"stage": Stage.CITY.value},
        reminds=True,
    ),
    Task(
        *("visits_province", "省考评单位，待完成考评", {Role.PROVINCE_INSPECTOR: ""}, waiting.visits(Stage.PROVINCE)),
        path_or_calendar("visit_on", Kind.PROVINCE),
        page=INSPECTIONS,
        query={"stage": Stage.PROVINCE.value},
        reminds=True,
    ),
    Task(
        *("pass_city", "市抽查单位均已考评，待作出验收结论", CITY, waiting.to_pass(Stage.CITY, State.LISTED)),
        by_calendar(Kind.CITY),
        **at_once("pass_city", Stage.CITY),
    ),
    Task(
        *("recognise", "省考评单位均已考评，待认定达标", PROVINCE, waiting.to_pass(Stage.PROVINCE, State.CITY_PASSED)),
        by_calendar(Kind.PROVINCE),
        **at_once("recognise", Stage.PROVINCE),
    ),
    # whoever is asked
    Task(
        *(
            "opinions",
            "征求意见，待回复",
            {Role.LIAISON: "department"},
            waiting.opinions,
            path_to("consultation__due_on"),
        ),
        page="assessment:my_consultations",
        seen_at="assessment:consultations",
        reminds=True,
    ),
    # the bureau, along the chain
    Task(
        *("to_receive", "已申报，待接收或退回", BUREAU, in_state(State.SUBMITTED), by_calendar(Kind.DOCUMENTS)),
        **on_list(State.SUBMITTED),
    ),
    Task(
        *("to_assign", "已接收，待安排预查人员", BUREAU, waiting.to_assign, by_calendar(Kind.DOCUMENTS)),
        page="assessment:distribute",
        seen_at=INSPECTIONS,
    ),
    Task(
        *("to_conclude", "检查已完成，待预查办结", BUREAU, waiting.to_conclude, by_calendar(Kind.SITE)),
        **at_once("conclude", Stage.DISTRICT),
    ),
    Task(
        "unattended",
        "无人办理的检查，待改派",
        BUREAU,
        waiting.without_people,
        waiting.end_of_stage,
        page="assessment:unattended",
    ),
    Task(
        "consultations",
        "征求部门意见，待办结",
        BUREAU,
        waiting.open_rounds,
        path_to("due_on"),
        page="assessment:consultations",
        reminds=True,
    ),
    Task(
        "objections",
        "部门意见，待处理",
        BUREAU,
        waiting.objections,
        by_calendar(Kind.CONSULTATION),
        page="assessment:consultations",
    ),
    Task(
        *("to_list", "预查办结，待确定创建名单", BUREAU, in_state(State.INSPECTED), by_calendar(Kind.CANDIDATES)),
        page="assessment:candidate_lists",
    ),
    Task(
        "lists_to_report",
        "创建名单，待上报",
        BUREAU,
        waiting.lists_to_report,
        by_calendar(Kind.CANDIDATES),
        page="assessment:candidate_lists",
    ),
    Task(
        *("notice_objections", "公示异议，待核查", BUREAU, waiting.notice_objections),
        path_or_calendar("candidate_list__notice_until", Kind.CANDIDATES),
        page="assessment:candidate_lists",
    ),
    Task(
        *(
            "draw_city",
            "已列入名单，待市抽查抽样",
            BUREAU,
            waiting.to_draw(Stage.CITY, State.LISTED),
            by_calendar(Kind.CITY),
        ),
        page="assessment:draws",
    ),
    Task(
        *("draw_province", "市验收通过，待省考评抽样", BUREAU, waiting.to_draw(Stage.PROVINCE, State.CITY_PASSED)),
        by_calendar(Kind.PROVINCE),
        page="assessment:draws",
    ),
    Task(
        *("to_name", "省级达标，待登记命名文件", BUREAU, in_state(State.RECOGNISED), by_calendar(Kind.NAMING)),
        **on_list(State.RECOGNISED),
    ),
    Task(
        *("rechecks", "动态复核，待作出结论", BUREAU, in_state(State.RECHECK), by_calendar(Kind.PROVINCE)),
        **on_list(State.RECHECK),
    ),
    Task(
        *("reinspections", "复查，待作出结论", BUREAU, in_state(State.REINSPECTING), path_to("resubmit_by")),
        **on_list(State.REINSPECTING),
    ),
    Task(
        *("revocations", "建议撤销，待决定", BUREAU, in_state(State.REVOCATION_PROPOSED), by_calendar(Kind.NAMING)),
        **on_list(State.REVOCATION_PROPOSED),
    ),
    Task(
        "rectified",
        "整改已反馈，待复查销号",
        BUREAU,
        waiting.rectifications(REPORTED),
        path_to("due_on"),
        page="assessment:rectification_list",
    ),
]
TASKS = {task.name: task for task in ROWS}


# --- counting them -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Todo:
    """One line of 待办: how many wait, how many of them are overdue, and the earliest day."""

    task: Task
    count: int
    overdue: int
    due: date | None
    url: str

    @property
    def label(self) -> str:
        return self.task.label


def todos(appointment: Appointment, campaign_year: CampaignYear | None, today: date) -> list[Todo]:
    """What waits for a person in a year, the earliest day first. Two queries, however much it is."""
    if campaign_year is None:
        return []
    ask = Ask(campaign_year, today)
    return _counted({task: task.of(appointment, ask) for task in ROWS if appointment.role in task.owners}, ask)


def overdue_todos(campaign_year: CampaignYear | None, today: date) -> list[Todo]:
    """What is overdue anywhere in the district, for a leader, who has nothing to do about it but to ask."""
    if campaign_year is None:
        return []
    ask = Ask(campaign_year, today)
    late = Q(due__lt=today)
    return _counted({task: task.due_rows(ask).filter(late) for task in ROWS}, ask, looks_on=True)


def todo_count(found: list[Todo]) -> int:
    return sum(todo.count for todo in found)


def _counted(rows: Mapping[Task, QuerySet[Any]], ask: Ask, *, looks_on: bool = False) -> list[Todo]:
    """One query for all tasks: each counts its own rows, and the counts are put under each other."""
    counts = [
        found.annotate(task=Value(task.name, output_field=CharField()))
        .values("task")
        .annotate(
            number=Count("pk", distinct=True),
            late=Count("pk", filter=Q(due__lt=ask.today), distinct=True),
            first=Min("due", output_field=DateField()),
        )
        .values_list("task", "number", "late", "first")
        for task, found in rows.items()
    ]
    if not counts:
        return []
    lines = counts[0].union(*counts[1:], all=True) if len(counts) > 1 else counts[0]
    found = [
        Todo(TASKS[name], number, late, due, TASKS[name].url(ask.campaign_year, looks_on=looks_on))
        for name, number, late, due in lines
        if number
    ]
    return sorted(found, key=lambda todo: (todo.due is None, todo.due or ask.today, ROWS.index(todo.task)))
