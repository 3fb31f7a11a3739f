"""短板: the ways in which a community's year profile can fall short, each one condition in SQL (R30, R48).

Unknown is not short: a blank fact matches no condition. What depends on the category is held against that of the day:
the profiles are those of `YearProfile.objects.on(day)`, which brings `place` along (decision 14).
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import F, Q, Value
from django.db.models.lookups import GreaterThan, LessThan

from communities.metrics import ORGANISATION_UNITS, staff_shortfall
from communities.models import Category, District

PREMISES_SQM = 400
OUTDOOR_SQM = 500
CERTIFIED_PERCENT = {Category.URBAN: 80, Category.RURAL: 50}
THREE_UNITS = ("一委", "一居", "一站")


@dataclass(frozen=True)
class Shortfall:
    name: str
    label: str
    condition: Callable[[District], Q]


def any_missing(units: tuple[str, ...]) -> Q:
    missing = Q()
    for unit in units:
        missing |= Q(**{ORGANISATION_UNITS[unit]: False})
    return missing


def certificates_below() -> Q:
    below = Q()
    for category, percent in CERTIFIED_PERCENT.items():
        rate_below = Q(LessThan(F("certified_workers") * 100, F("workers") * percent))
        below |= Q(place__category=category) & rate_below
    return below


SHORTFALLS = {
    shortfall.name: shortfall
    for shortfall in [
        Shortfall("premises", "用房不足400㎡", lambda _district: Q(premises_area_sqm__lt=PREMISES_SQM)),
        Shortfall("outdoor", "户外场地不足500㎡", lambda _district: Q(outdoor_area_sqm__lt=OUTDOOR_SQM)),
        Shortfall(
            "staff",
            "专职工作者不足",
            lambda district: Q(place__category=Category.URBAN) & Q(GreaterThan(staff_shortfall(district), Value(0))),
        ),
        Shortfall("certificates", "持证率不达标", lambda _district: certificates_below()),
        Shortfall("units3", "一委一居一站不全", lambda _district: any_missing(THREE_UNITS)),
        Shortfall("units4", "一委一居一站一办不全", lambda _district: any_missing(tuple(ORGANISATION_UNITS))),
        Shortfall(
            "grid",
            "网格三步未完成",
            lambda _district: Q(grid_divided_on=None) | Q(grid_teamed_on=None) | Q(grid_published_on=None),
        ),
        Shortfall("platform", "未接入平台", lambda _district: Q(platform_connected=False)),
    ]
}
"""By name, as used in the address of the list: ?short=premises."""
