"""延期: a town or a community may file later, by a decision that is written once and shown for ever (R71)."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from assessment.models import Assessment, CampaignYear, DeadlineException
from assessment.models.campaigns import end_of_day
from communities.models import Appointment, Community, Town
from communities.templatetags.official import fact

GRANTED = "登记延期"


class ExceptionRefused(Exception):
    """An exception that cannot be granted; `field` names what is wrong, the message is a Chinese sentence."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def grant(
    *,
    campaign_year: CampaignYear,
    town: Town,
    community: Community | None = None,
    until: date,
    reason: str,
    approver: str,
    by: Appointment,
    now: datetime,
) -> DeadlineException:
    """Let a community, or all of a town, file until the end of `until`. Raises ExceptionRefused."""
    if until <= campaign_year.deadline:
        day = fact(campaign_year.deadline)
        raise ExceptionRefused("until", f"延期日期应晚于{campaign_year}申报截止日期（{day}）。")
    if now >= end_of_day(until):
        raise ExceptionRefused("until", f"{fact(until)}已经过去，延期日期不能早于今天。")
    if community and community.town_id != town.pk:
        raise ExceptionRefused("community", f"{community.name}不属于{town}，请重新选择。")
    granted = DeadlineException.objects.create(
        campaign_year=campaign_year,
        town=town,
        community=community,
        until=until,
        reason=reason.strip(),
        approver=approver.strip(),
        by=by.user,
    )
    after = {"年度": str(campaign_year), "延期至": fact(until), "原因": granted.reason, "批准人": granted.approver}
    audit.record(GRANTED, community or town, by=by.user, after=after)
    return granted


def exceptions_of(assessment: Assessment) -> QuerySet[DeadlineException]:
    """What was granted to the unit or to its town, the newest first."""
    return DeadlineException.objects.of_unit(
        campaign_year=assessment.campaign_year_id,
        community=assessment.community_id,
        town=assessment.community.town_id,
    )


def is_past_deadline(campaign_year: CampaignYear, now: datetime) -> bool:
    """Whether a filing at `now` is one after the year's deadline, whatever allowed it."""
    return now >= end_of_day(campaign_year.deadline)


def why_late(assessment: Assessment, *, now: datetime) -> str:
    """What the history says of a filing after the year's deadline: the exception or the return it rests on; else ""."""
    if not is_past_deadline(assessment.campaign_year, now):
        return ""
    granted = exceptions_of(assessment).order_by("-until", "-pk").first()
    if granted and now < end_of_day(granted.until):
        return f"逾期申报：延期至{fact(granted.until)}，{granted.approver}批准，{granted.reason}"
    return f"逾期申报：退回后重新申报，期限{fact(assessment.last_day)}"
