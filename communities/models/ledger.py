"""台账: one register of dated events, whose kinds are data (R37, R60-R64)."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Q

from communities.models.records import CommunityRecord, DistrictRecord, Members, register

DEMOCRACY = ("民主选举", "民主决策", "民主管理", "民主监督")
SEPARATORS = re.compile("[、，,；;|]")


class Counted(models.TextChoices):
    """Which fact of the yearly profile an entry of a kind is counted in."""

    DISCLOSURES = "disclosures", "村（居）务公开次数"
    SUPERVISION = "supervision_records", "监委履职次数"
    MEETINGS = "resident_meetings", "代表会议次数"
    PARTICIPATION = "participation_forms", "四类参与形式"
    ACTIVITIES = "activities", "文体活动次数"
    LECTURES = "lectures", "授课次数"
    BULLETINS = "bulletin_updates", "宣传栏更换次数"
    SAFETY = "safety_checks", "安全检查次数"
    NOTHING = "", "不计数"


def steps_in(text: str) -> list[str]:
    """The single steps of 提出、村监委审核、会议确认."""
    return [step.strip() for step in SEPARATORS.split(text) if step.strip()]


@register(
    "ledger-kinds",
    label="台账事项类别",
    group="台账",
    note="台账登记哪些事项：必经环节缺一样的不计数；超过登记间隔没有登记的列入超期清单。",
    columns=("name", "counted_in", "serves", "steps", "interval_months", "for_category", "sort_order"),
    key=("name",),
    searched=("name",),
    filters=("counted_in", "serves"),
)
class LedgerKind(DistrictRecord):
    class For(models.TextChoices):
        ALL = "", "城镇和农村"
        URBAN = "urban", "只限城镇社区"
        RURAL = "rural", "只限农村社区（村）"

    name = models.CharField("名称", max_length=20)
    counted_in = models.CharField("计入", max_length=30, choices=Counted, blank=True)
    serves = models.CharField("四个民主", max_length=10, choices=[(name, name) for name in DEMOCRACY], blank=True)
    steps = models.CharField("必经环节", max_length=100, blank=True, help_text="用顿号分开，如：通知、签到、决议。")
    interval_months = models.PositiveSmallIntegerField(
        "登记间隔（月）", null=True, blank=True, help_text="至少每几个月登记一次；空白表示不限。"
    )
    for_category = models.CharField("适用", max_length=10, choices=For, blank=True)
    sort_order = models.PositiveSmallIntegerField("排列顺序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "台账事项类别"
        ordering = ["sort_order", "id"]
        constraints = [models.UniqueConstraint(fields=["district", "name"], name="ledger_kind_once")]

    def __str__(self) -> str:
        return self.name


def complete(counted: Counted) -> Count:
    return Count("pk", filter=Q(kind__counted_in=counted, is_complete=True))


@register(
    "ledger",
    label="台账",
    group="台账",
    note="公开、会议、民主参与、监督、培训、文体活动、走访等有日期的事项，每次一行；必经环节齐全的才计数。",
    columns=("kind", "date", "title", "participants", "outcome", "steps_done"),
    key=("kind", "date", "title"),
    searched=("title", "outcome"),
    filters=("kind", "kind__serves", "is_complete"),
    listed=("kind", "date", "title", "participants", "steps_done", "is_complete"),
    counts={
        **{counted.value: complete(counted) for counted in Counted if counted.value not in {"", "participation_forms"}},
        "participation_forms": Members(
            "kind__name", filter=Q(kind__counted_in=Counted.PARTICIPATION, is_complete=True)
        ),
        "self_government": Members("kind__serves", filter=Q(is_complete=True)),
    },
    dated="date",
    has_files=True,
)
class LedgerEntry(CommunityRecord):
    kind = models.ForeignKey(LedgerKind, verbose_name="事项", on_delete=models.PROTECT, related_name="+")
    date = models.DateField("日期")
    title = models.CharField("内容", max_length=100)
    participants = models.PositiveIntegerField("参加（人）", null=True, blank=True)
    outcome = models.CharField("结果和落实情况", max_length=300, blank=True)
    steps_done = models.CharField(
        "已完成环节", max_length=100, blank=True, help_text="用顿号分开，如：通知、签到、决议。"
    )
    is_complete = models.BooleanField("环节齐全", default=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "台账"
        ordering = ["-date", "id"]
        constraints = [
            models.UniqueConstraint(fields=["community", "year", "kind", "date", "title"], name="entry_once"),
        ]
        indexes = [models.Index(fields=["community", "kind", "date"], name="entry_latest")]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """The steps are those of the kind, and all of them make the entry count (R63, 村组法30条)."""
        if not self.kind_id:
            return
        wanted, done = steps_in(self.kind.steps), steps_in(self.steps_done)
        foreign = [step for step in done if step not in wanted]
        if foreign:
            hint = f"应为：{'、'.join(wanted)}。" if wanted else f"{self.kind}没有规定环节，请留空。"
            raise ValidationError({"steps_done": f"“{'、'.join(foreign)}”不是{self.kind}的环节，{hint}"})
        self.steps_done = "、".join(step for step in wanted if step in done)
        self.is_complete = set(wanted) == set(done)
