"""便民服务: what can be done in the community, who is on duty when, and what was handled (R22, R52-R54)."""

from django.db import models
from django.db.models import Count, Q

from communities.models.records import CommunityRecord, Members, in_order, register

PUBLIC_SERVICES = ("劳动就业", "社会救助", "社会治安", "医疗卫生", "社会保障")
SERVICE_CHOICES = [(name, name) for name in PUBLIC_SERVICES]


@register(
    "service-items",
    label="公共服务事项",
    group="服务",
    note="五类公共服务在社区（村）能办的事项。设了窗口但本年度没有办理的，办理件数填0，该类按未开展计。",
    columns=("kind", "name", "window", "time_limit", "is_published", "handled"),
    key=("kind", "name"),
    searched=("name", "window"),
    filters=("kind", "is_published"),
    counts={"public_services": Members("kind", filter=~Q(handled=0))},
    carried=Q(),
    renewed={"handled": None},
)
class ServiceItem(CommunityRecord):
    kind = models.CharField("服务类别", max_length=20, choices=SERVICE_CHOICES)
    name = models.CharField("事项", max_length=60)
    window = models.CharField("办理窗口", max_length=60, blank=True)
    time_limit = models.CharField("办理时限", max_length=40, blank=True)
    is_published = models.BooleanField("目录、流程、时限已公示", null=True, blank=True)
    handled = models.PositiveIntegerField("本年办理（件）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "公共服务事项"
        ordering = ["kind", "id"]
        constraints = [models.UniqueConstraint(fields=["community", "year", "kind", "name"], name="service_once")]

    def __str__(self) -> str:
        return self.name


@register(
    "duty-rosters",
    label="值班安排",
    group="服务",
    note="工作日和错时（午间、傍晚、休息日）值班；对外公布后勾选“已公布”。",
    columns=("slot", "hours", "on_duty", "phone", "is_published"),
    key=("slot", "hours"),
    searched=("on_duty",),
    filters=("slot", "is_published"),
    counts={"offpeak_roster": Count("pk", filter=Q(is_published=True) & ~Q(slot="workday"))},
    carried=Q(),
)
class DutyRoster(CommunityRecord):
    class Slot(models.TextChoices):
        WORKDAY = "workday", "工作日"
        NOON = "noon", "午间（错时）"
        EVENING = "evening", "傍晚（错时）"
        DAY_OFF = "day_off", "休息日（错时）"

    slot = models.CharField("时段", max_length=10, choices=Slot)
    hours = models.CharField("时间", max_length=40, help_text="如：11:30至13:30")
    on_duty = models.CharField("值班人", max_length=60)
    phone = models.CharField("值班电话", max_length=20, blank=True, help_text="对外公布的值班电话。")
    is_published = models.BooleanField("已公布", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "值班安排"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["community", "year", "slot", "hours"], name="roster_once")]

    def __str__(self) -> str:
        return f"{self.get_slot_display()}{self.hours}"


@register(
    "cases",
    label="代办事项",
    group="服务",
    note="一站受理、首问负责：登记受理、承诺、办结和回访。超过承诺日期未办结或迟办的为超时。不登记居民姓名。",
    columns=(
        *("number", "kind", "matter", "received_on", "first_asked", "handed_to", "promised_on", "finished_on"),
        "called_back",
    ),
    key=("number",),
    searched=("number", "matter", "first_asked", "handed_to"),
    filters=("kind", "called_back"),
    counts={"cases": Count("pk")},
    dated="received_on",
)
class AgencyCase(CommunityRecord):
    number = models.CharField("编号", max_length=20)
    kind = models.CharField("服务类别", max_length=20, choices=[*SERVICE_CHOICES, ("其他", "其他")])
    matter = models.CharField("事项", max_length=100)
    received_on = models.DateField("受理日期")
    first_asked = models.CharField("首问责任人", max_length=30)
    handed_to = models.CharField("转办", max_length=60, blank=True)
    promised_on = models.DateField("承诺办结日期")
    finished_on = models.DateField("办结日期", null=True, blank=True)
    called_back = models.BooleanField("已回访", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "代办事项"
        ordering = ["-received_on", "id"]
        constraints = [models.UniqueConstraint(fields=["community", "year", "number"], name="case_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.matter}"

    def clean(self) -> None:
        in_order(self, "received_on", "promised_on")
        in_order(self, "received_on", "finished_on")
