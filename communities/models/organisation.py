"""一委一居一站一办 and the 村务监督委员会 (R7-R9, R62)."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Max, Q

from communities.models.masked import MaskedField
from communities.models.records import PHONE, CommunityRecord, register


class UnitKind(models.TextChoices):
    """The four units of 一委一居一站一办; 一办 is read as 综治办 (decision 4)."""

    PARTY_COMMITTEE = "party_committee", "一委（党组织）"
    RESIDENTS_COMMITTEE = "residents_committee", "一居（居、村委会）"
    SERVICE_STATION = "service_station", "一站（便民服务站）"
    GOVERNANCE_OFFICE = "governance_office", "一办（综治办）"


def set_up(kind: UnitKind) -> Count:
    return Count("pk", filter=Q(kind=kind, dissolved_on__isnull=True))


@register(
    "organisation-units",
    label="机构（一委一居一站一办）",
    group="组织",
    note="每个机构一行；党组织是必须首先建立的机构。居（村）委会填写届满日期，用于判断是否按期换届。",
    columns=(
        *("kind", "name", "head", "phone", "established_on", "term_ends_on", "extension_approved"),
        *("sub_committees", "dissolved_on"),
    ),
    key=("kind",),
    searched=("name", "head"),
    filters=("kind",),
    listed=("kind", "name", "head", "phone", "established_on", "term_ends_on", "dissolved_on"),
    counts={
        "has_party_committee": set_up(UnitKind.PARTY_COMMITTEE),
        "has_residents_committee": set_up(UnitKind.RESIDENTS_COMMITTEE),
        "has_service_station": set_up(UnitKind.SERVICE_STATION),
        "has_governance_office": set_up(UnitKind.GOVERNANCE_OFFICE),
        "term_ends_on": Max("term_ends_on", filter=Q(kind=UnitKind.RESIDENTS_COMMITTEE)),
        "term_extended": Count("pk", filter=Q(kind=UnitKind.RESIDENTS_COMMITTEE, extension_approved=True)),
    },
    carried=Q(dissolved_on__isnull=True),
)
class OrganisationUnit(CommunityRecord):
    kind = models.CharField("机构", max_length=20, choices=UnitKind)
    name = models.CharField("机构全称", max_length=60)
    head = models.CharField("负责人", max_length=30, blank=True)
    phone = MaskedField("联系电话", max_length=20, blank=True, validators=[PHONE])
    established_on = models.DateField("成立日期", null=True, blank=True)
    term_ends_on = models.DateField("届满日期", null=True, blank=True, help_text="居（村）委会填写。")
    extension_approved = models.BooleanField("经批准延期换届", null=True, blank=True)
    sub_committees = models.CharField("下属委员会", max_length=200, blank=True)
    dissolved_on = models.DateField("撤销日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "机构"
        ordering = ["kind"]
        constraints = [models.UniqueConstraint(fields=["community", "year", "kind"], name="unit_kind_once")]

    def __str__(self) -> str:
        return self.name


@register(
    "supervisors",
    label="村务监督委员会成员",
    group="组织",
    note="成员不得由村民委员会成员及其近亲属担任（村民委员会组织法第三十二条）。",
    columns=("name", "post", "elected_on", "is_committee_member", "is_close_relative"),
    key=("name",),
    searched=("name",),
    filters=("post", "is_committee_member", "is_close_relative"),
    carried=Q(),
)
class SupervisionMember(CommunityRecord):
    class Post(models.TextChoices):
        CHAIR = "chair", "主任"
        MEMBER = "member", "委员"

    name = models.CharField("姓名", max_length=30)
    post = models.CharField("职务", max_length=10, choices=Post)
    elected_on = models.DateField("当选日期", null=True, blank=True)
    is_committee_member = models.BooleanField("兼任村委会成员", default=False)
    is_close_relative = models.BooleanField("是村委会成员近亲属", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "村务监督委员会成员"
        ordering = ["post", "id"]
        constraints = [models.UniqueConstraint(fields=["community", "year", "name"], name="supervisor_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def conflict(self) -> str:
        """Why the person may not sit on the committee, or "" (村民委员会组织法第三十二条)."""
        if self.is_committee_member:
            return "兼任村委会成员，不符合村民委员会组织法第三十二条"
        return "是村委会成员近亲属，不符合村民委员会组织法第三十二条" if self.is_close_relative else ""

    def clean(self) -> None:
        if self.conflict and not self.remarks:
            raise ValidationError(
                {"remarks": f"{self.name}{self.conflict}。请核对；确属实情的，请在备注中写明处理意见。"}
            )
