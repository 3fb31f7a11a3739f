"""社区专职工作者 and their training (R25-R29, R31-R32). No identity numbers are kept."""

from django.db import models
from django.db.models import Count, Q

from communities.models.masked import MaskedField
from communities.models.records import NOT_NEGATIVE, PHONE, CommunityRecord, TownRecord, in_order, register


class Certificate(models.TextChoices):
    """社会工作者职业水平证书: all levels count, the split is shown (decision 7)."""

    NONE = "none", "无"
    ASSISTANT = "assistant", "助理社会工作师"
    SOCIAL_WORKER = "social_worker", "社会工作师"
    SENIOR = "senior", "高级社会工作师"


class Duty(models.TextChoices):
    ON_POST = "on_post", "在岗"
    SECONDED = "seconded", "借调"
    LEFT = "left", "离岗"


ON_POST = Q(duty=Duty.ON_POST)


@register(
    "workers",
    label="社区专职工作者",
    group="队伍",
    note="被抽调连续3个月以上不在社区上班的填“借调”，不计入实有人数。不登记身份证号码。",
    columns=(
        *("name", "post", "recruited_by", "began_on", "duty", "seconded_on", "seconded_to", "at_station"),
        *("certificate", "certificate_number", "phone"),
    ),
    key=("name",),
    searched=("name", "seconded_to"),
    filters=("post", "recruited_by", "duty", "certificate", "at_station"),
    listed=("name", "post", "recruited_by", "began_on", "duty", "certificate", "certificate_number", "phone"),
    counts={
        "workers": Count("pk", filter=ON_POST),
        "certified_workers": Count("pk", filter=ON_POST & ~Q(certificate=Certificate.NONE)),
        "station_staff": Count("pk", filter=ON_POST & Q(at_station=True)),
    },
    carried=~Q(duty=Duty.LEFT),
)
class CommunityWorker(CommunityRecord):
    class Post(models.TextChoices):
        SECRETARY = "secretary", "党组织书记"
        DIRECTOR = "director", "居（村）委会主任"
        DEPUTY = "deputy", "副书记（副主任）"
        MEMBER = "member", "委员"
        SERVICE = "service", "便民服务"
        GRID = "grid", "网格管理"
        OTHER = "other", "其他"

    class Recruitment(models.TextChoices):
        OPEN = "open", "公开招聘"
        INTEGRATED = "integrated", "人员整合"
        ASSIGNED = "assigned", "选派"
        OTHER = "other", "其他"

    name = models.CharField("姓名", max_length=30)
    post = models.CharField("岗位", max_length=20, choices=Post)
    recruited_by = models.CharField("进入方式", max_length=20, choices=Recruitment)
    began_on = models.DateField("到岗日期", null=True, blank=True)
    duty = models.CharField("在岗情况", max_length=10, choices=Duty, default=Duty.ON_POST)
    seconded_on = models.DateField("借调日期", null=True, blank=True)
    seconded_to = models.CharField("借调单位", max_length=60, blank=True)
    at_station = models.BooleanField("在便民服务站", default=False)
    certificate = models.CharField("社工证书", max_length=20, choices=Certificate, default=Certificate.NONE)
    certificate_number = MaskedField("证书编号", max_length=30, blank=True)
    phone = MaskedField("联系电话", max_length=20, blank=True, validators=[PHONE])

    class Meta:
        verbose_name = verbose_name_plural = "社区专职工作者"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["community", "year", "name"], name="worker_once")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        in_order(self, "began_on", "seconded_on")


@register(
    "trainings",
    label="培训记录",
    group="队伍",
    note="分级培训：区、镇、社区组织的集中轮训、以会代训、外出参观等，每批一行。",
    columns=("level", "kind", "subject", "place_kind", "place", "batch", "began_on", "days", "people"),
    key=("kind", "subject", "batch"),
    searched=("subject", "place", "batch"),
    filters=("level", "kind", "place_kind"),
    dated="began_on",
)
class Training(TownRecord):
    class Level(models.TextChoices):
        DISTRICT = "district", "区"
        TOWN = "town", "镇（开发区、街道）"
        COMMUNITY = "community", "社区（村）"

    class Kind(models.TextChoices):
        ROTATION = "rotation", "集中轮训"
        MEETING = "meeting", "以会代训"
        VISIT = "visit", "外出参观"
        COURSE = "course", "业务培训"

    class PlaceKind(models.TextChoices):
        PARTY_SCHOOL = "party_school", "党校"
        UNIVERSITY = "university", "高校"
        OTHER = "other", "其他"

    year = models.PositiveSmallIntegerField("年度", editable=False)
    level = models.CharField("组织层级", max_length=10, choices=Level)
    kind = models.CharField("培训形式", max_length=10, choices=Kind)
    subject = models.CharField("培训内容", max_length=80)
    place_kind = models.CharField("地点类别", max_length=20, choices=PlaceKind, default=PlaceKind.OTHER)
    place = models.CharField("地点", max_length=60, blank=True)
    batch = models.CharField("批次", max_length=20, blank=True)
    began_on = models.DateField("开始日期")
    days = models.DecimalField("天数", max_digits=4, decimal_places=1, validators=NOT_NEGATIVE)
    people = models.PositiveSmallIntegerField("人数")

    class Meta:
        verbose_name = verbose_name_plural = "培训记录"
        ordering = ["-began_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["town", "year", "kind", "subject", "batch"], name="training_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.subject}"
