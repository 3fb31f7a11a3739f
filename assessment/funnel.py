"""How far applications have come: each step of the way with the states that lie on it or beyond (R68-R81)."""

from dataclasses import dataclass

from assessment.models import State
from assessment.models.assessments import FILED


@dataclass(frozen=True)
class Step:
    """One step of the funnel. `definition` is its 口径; what was passed stays passed, except as it says."""

    name: str
    label: str
    states: tuple[State, ...]
    definition: str


S = State
FUNNEL = {
    step.name: step
    for step in [
        Step("filed", "已申报", FILED, "截至统计日24:00已申报且未撤回、未退回的个数，含以后各环节的。"),
        Step(
            "inspected",
            "预查办结",
            (S.INSPECTED, S.LISTED, S.UNLISTED, S.CITY_PASSED, S.RECOGNISED, S.NAMED, S.FAILED),
            "截至统计日24:00区预查已办结的个数，含以后各环节的，含未列入名单、未通过验收的。",
        ),
        Step(
            "listed",
            "列入名单",
            (S.LISTED, S.CITY_PASSED, S.RECOGNISED, S.NAMED, S.FAILED),
            "截至统计日24:00在正式创建名单上的个数，含以后各环节的，含未通过验收的；已移出的不计入。",
        ),
        Step(
            "city_passed",
            "市验收通过",
            (S.CITY_PASSED, S.RECOGNISED, S.NAMED),
            "截至统计日24:00已通过市验收的个数，含省级达标和已命名的；省考评不通过的不计入。",
        ),
        Step(
            "province_passed",
            "省级达标",
            (S.RECOGNISED, S.NAMED),
            "截至统计日24:00已认定省级达标的个数，含已命名的。",
        ),
        Step("named", "本年度命名", (S.NAMED,), "本年度申报并已命名的个数；往年命名的不计入。"),
    ]
}
"""By name, in the order of the way."""
