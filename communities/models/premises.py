"""用房、户外场地、功能室 and 标牌 (R48-R51)."""

from django.db import models
from django.db.models import Case, Count, Q, Sum, Value, When
from django.db.models.expressions import Combinable
from django.db.models.lookups import Exact

from communities.models.members import MembersField
from communities.models.records import NOT_NEGATIVE, PERCENT, CommunityRecord, Members, in_order, register

ROOM_FUNCTIONS = ("议事决策", "党群活动", "教育培训", "便民服务", "信息交流")


class SiteKind(models.TextChoices):
    INDOOR = "indoor", "室内用房"
    OUTDOOR = "outdoor", "户外健身活动场所"


class Right(models.TextChoices):
    TITLE = "title", "产权证"
    ALLOCATION = "allocation", "划拨文件"
    LEASE = "lease", "租用协议"
    SHARED = "shared", "共用协议"
    NONE = "none", "无"


INDOORS = Q(kind=SiteKind.INDOOR, in_own_use=True)
OUTDOORS = Q(kind=SiteKind.OUTDOOR, in_own_use=True)


def area_of(sites: Q) -> Combinable:
    return Sum("area_sqm", filter=sites, default=0)


def said_of(kind: SiteKind, how: Combinable) -> Case:
    """The count of one kind of site; nothing is said while none of that kind is registered."""
    return Case(When(Exact(Count("pk", filter=Q(kind=kind)), Value(0)), then=None), default=how)


@register(
    "premises",
    label="用房和场地",
    group="用房",
    note="分散几处的逐处登记、合并计算；出租、借出或挪作他用的不计入面积。用房400㎡、户外500㎡（含本数）为达标。某一类一处也没有登记的，仍按年度台账的数。",
    columns=("kind", "name", "address", "area_sqm", "right", "in_own_use"),
    key=("kind", "name"),
    searched=("name", "address"),
    filters=("kind", "right", "in_own_use"),
    counts={
        "premises_area_sqm": said_of(SiteKind.INDOOR, area_of(INDOORS)),
        "outdoor_area_sqm": said_of(SiteKind.OUTDOOR, area_of(OUTDOORS)),
        "premises_right_doc": said_of(
            SiteKind.INDOOR, Exact(Count("pk", filter=INDOORS & Q(right=Right.NONE)), Value(0))
        ),
    },
    carried=Q(),
    has_files=True,
)
class Premises(CommunityRecord):
    kind = models.CharField("类别", max_length=10, choices=SiteKind)
    name = models.CharField("名称", max_length=60)
    address = models.CharField("地址", max_length=100, blank=True)
    area_sqm = models.DecimalField("面积（㎡）", max_digits=9, decimal_places=2, validators=NOT_NEGATIVE)
    right = models.CharField("权属证明", max_length=20, choices=Right)
    in_own_use = models.BooleanField("自用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "用房和场地"
        ordering = ["kind", "id"]
        constraints = [models.UniqueConstraint(fields=["community", "year", "kind", "name"], name="premises_once")]

    def __str__(self) -> str:
        return self.name


@register(
    "premises-plans",
    label="用房补足计划",
    group="用房",
    note="面积不足的社区（村）逐项写明补足途径、计划面积、完成时间和进度。",
    columns=("kind", "route", "planned_area_sqm", "finish_on", "progress_percent", "responsible", "finished_on"),
    key=("kind", "route"),
    searched=("responsible",),
    filters=("kind", "route"),
    counts={"premises_plans": Count("pk", filter=Q(finished_on__isnull=True))},
    carried=Q(finished_on__isnull=True),
)
class PremisesPlan(CommunityRecord):
    class Route(models.TextChoices):
        NEW_SITE = "new_site", "异地新建"
        INTEGRATION = "integration", "资源整合"
        EXCHANGE = "exchange", "置换"
        LEASE = "lease", "租用"
        PROVIDED = "provided", "配建"

    kind = models.CharField("补足对象", max_length=10, choices=SiteKind)
    route = models.CharField("补足途径", max_length=20, choices=Route)
    planned_area_sqm = models.DecimalField("计划面积（㎡）", max_digits=9, decimal_places=2, validators=NOT_NEGATIVE)
    finish_on = models.DateField("计划完成日期")
    progress_percent = models.PositiveSmallIntegerField("进度（%）", default=0, validators=PERCENT)
    responsible = models.CharField("责任人", max_length=30, blank=True)
    finished_on = models.DateField("实际完成日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "用房补足计划"
        ordering = ["finish_on", "id"]
        constraints = [models.UniqueConstraint(fields=["community", "year", "kind", "route"], name="plan_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}{self.get_route_display()}"


@register(
    "rooms",
    label="功能室",
    group="用房",
    note="一室可以多用：勾选承担的功能，并写明分时开放安排。",
    columns=("name", "functions", "area_sqm", "hours", "has_usage_log", "keeper"),
    key=("name",),
    searched=("name", "keeper"),
    filters=("functions", "has_usage_log"),
    counts={"function_rooms": Members("functions")},
    carried=Q(),
)
class Room(CommunityRecord):
    name = models.CharField("名称", max_length=60)
    functions = MembersField("功能", members=ROOM_FUNCTIONS)
    area_sqm = models.DecimalField(
        "面积（㎡）", max_digits=9, decimal_places=2, null=True, blank=True, validators=NOT_NEGATIVE
    )
    hours = models.CharField(
        "开放时间", max_length=100, blank=True, help_text="如：周一至周五8:30至17:30；周六9:00至16:00"
    )
    has_usage_log = models.BooleanField("有使用登记", null=True, blank=True)
    keeper = models.CharField("管理人", max_length=30, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "功能室"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["community", "year", "name"], name="room_once")]

    def __str__(self) -> str:
        return self.name


@register(
    "signs",
    label="标牌",
    group="用房",
    note="机构牌、功能牌、标识牌逐块登记，内容应与实际功能和权属一致；不符的摘除后填写摘除日期。",
    columns=("kind", "wording", "place", "actual_function", "owner", "matches", "checked_on", "removed_on"),
    key=("wording", "place"),
    searched=("wording", "place", "owner"),
    filters=("kind", "matches"),
    counts={"sign_mismatches": Count("pk", filter=Q(matches=False, removed_on__isnull=True))},
    carried=Q(removed_on__isnull=True),
    has_files=True,
)
class Sign(CommunityRecord):
    class Kind(models.TextChoices):
        INSTITUTION = "institution", "机构牌"
        FUNCTION = "function", "功能牌"
        MARK = "mark", "标识牌"

    kind = models.CharField("类别", max_length=20, choices=Kind)
    wording = models.CharField("牌面内容", max_length=80)
    place = models.CharField("悬挂位置", max_length=60, blank=True)
    actual_function = models.CharField("实际功能", max_length=80, blank=True)
    owner = models.CharField("权属单位", max_length=60, blank=True)
    matches = models.BooleanField("内容与功能、权属一致", null=True, blank=True)
    checked_on = models.DateField("核对日期", null=True, blank=True)
    removed_on = models.DateField("摘除日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "标牌"
        ordering = ["kind", "id"]
        constraints = [models.UniqueConstraint(fields=["community", "year", "wording", "place"], name="sign_once")]

    def __str__(self) -> str:
        return self.wording

    def clean(self) -> None:
        in_order(self, "checked_on", "removed_on")
