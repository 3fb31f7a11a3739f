"""城乡社区综合管理服务平台: the functions in use (R66)."""

from django.db import models
from django.db.models import Q

from communities.models.records import CommunityRecord, Members, register

PLATFORM_FUNCTIONS = ("信息公开", "网上办事", "在线互动", "人员管理")


@register(
    "platform-functions",
    label="平台使用功能",
    group="平台",
    note="除台账登记外已在使用的功能；接入平台和接入日期填在年度台账。",
    columns=("function", "opened_on", "usage"),
    key=("function",),
    searched=("usage",),
    filters=("function",),
    counts={"platform_functions": Members("function")},
    carried=Q(),
)
class PlatformFunction(CommunityRecord):
    function = models.CharField("功能", max_length=20, choices=[(name, name) for name in PLATFORM_FUNCTIONS])
    opened_on = models.DateField("启用日期", null=True, blank=True)
    usage = models.CharField("使用情况", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "平台使用功能"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["community", "year", "function"], name="function_once")]

    def __str__(self) -> str:
        return self.function
