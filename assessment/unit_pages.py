"""The pages about one assessment beside its sheet, in the order of the chain, for whoever may open them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from assessment.models import Assessment, Inspection, Opinion
from communities.access import IN_CHARGE, READERS
from communities.models import Appointment, Role

MOST = 4
"""Buttons that stand side by side; where there are more, the last ones go under 更多."""


def always(_assessment: Assessment) -> bool:
    return True


def is_checked(assessment: Assessment) -> bool:
    """Whether others than the unit have to do with it, or had before it was returned."""
    return not assessment.is_editable or Inspection.objects.filter(assessment=assessment).exists()


def is_asked_about(assessment: Assessment) -> bool:
    return Opinion.objects.filter(assessment=assessment).exists()


@dataclass(frozen=True)
class UnitPage:
    label: str
    url_name: str
    roles: tuple[Role, ...] = READERS
    applies: Callable[[Assessment], bool] = always


@dataclass(frozen=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True)
class Links:
    shown: list[Link]
    more: list[Link]


PAGES = (
    UnitPage("缺什么补什么", "assessment:gaps"),
    UnitPage("检查情况", "assessment:inspections", applies=is_checked),
    UnitPage("整改", "assessment:rectifications"),
    UnitPage("部门意见", "assessment:unit_opinions", IN_CHARGE, is_asked_about),
    UnitPage("四级评分比较", "reporting:columns", applies=is_checked),
    UnitPage("打印预览", "reporting:score_sheet"),
    UnitPage("办理过程", "assessment:history"),
)


def pages_of(assessment: Assessment, appointment: Appointment) -> Links:
    """Links to the pages that apply to the assessment and that the person may open."""
    links = [
        Link(page.label, reverse(page.url_name, args=[assessment.pk]))
        for page in PAGES
        if appointment.role in page.roles and page.applies(assessment)
    ]
    beside = len(links) if len(links) <= MOST else MOST - 1
    return Links(links[:beside], links[beside:])
