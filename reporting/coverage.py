"""Coverage by town: 网格 (R20), 公共服务 in villages (R52), and which towns followed which policy (R13).

Communities are those of `Community.objects.listed_on(day)`: they count under their town of that day (decision 14).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, Count, F, Q, QuerySet, Sum
from django.urls import reverse

from communities.models import Appointment, Category, Policy, Town, TownPolicy, YearProfile
from communities.models.services import PUBLIC_SERVICES
from communities.shortfall_reports import Asked
from communities.statements import TOTAL, Cell, Column, Kind, Statement
from communities.templatetags.official import fact
from reporting.figure_kinds import percent_of

TOWN = Column("镇（开发区、街道）")
YES, NO = "是", "否"


def _by_town(communities: QuerySet[Any]) -> list[tuple[int, str, int]]:
    """(town, its name, how many communities), in administrative order."""
    rows = communities.order_by("place__town__sort_order").values_list("place__town", "place__town__name")
    return list(rows.annotate(number=Count("pk")))


def _profiles(communities: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
    inside = communities.order_by().values("pk")
    return YearProfile.objects.on(asked.as_of).filter(community__in=inside, year=asked.year).order_by()


def _sums(communities: QuerySet[Any], asked: Asked, sums: Mapping[str, Aggregate]) -> dict[int, dict[str, Any]]:
    """{town: sums over the profiles of its communities}."""
    rows: Iterable[Any] = _profiles(communities, asked).values("place__town").annotate(**sums)
    return {row["place__town"]: row for row in rows}


# --- 网格 --------------------------------------------------------------------------------------------------------
GRID_COLUMNS = [
    TOWN,
    Column("社区（村）数", Kind.NUMBER),
    Column("三步完成（个）", Kind.NUMBER),
    Column("网格户数", Kind.NUMBER),
    Column("总户数", Kind.NUMBER),
    Column("户数一致（个）", Kind.NUMBER),
    Column("户数不明（个）", Kind.NUMBER),
    Column("全覆盖"),
]


def grid_coverage(communities: QuerySet[Any], asked: Asked) -> Statement:
    """全覆盖: every community has the three milestones and as many households in cells as there are (R20)."""
    name = f"{asked.district.staffing_households}_households"
    milestones = ("grid_divided_on", "grid_teamed_on", "grid_published_on")
    finished = Q(**{f"{milestone}__lte": asked.as_of for milestone in milestones})
    known = Q(**{f"{name}__isnull": False}, grid_households__isnull=False)
    equal = known & Q(grid_households=F(name))
    sums: dict[str, Aggregate] = {
        "finished": Count("pk", filter=finished),
        "in_cells": Sum("grid_households", filter=known),
        "households": Sum(name, filter=known),
        "equal": Count("pk", filter=equal),
        "known": Count("pk", filter=known),
        "whole": Count("pk", filter=finished & equal),
    }
    found = _sums(communities, asked, sums)
    rows, total = [], Counter[str]()
    for town, label, number in _by_town(communities):
        counts = Counter({key: found.get(town, {}).get(key) or 0 for key in sums}) + Counter(communities=number)
        total += counts
        address = f"{reverse('reporting:shortfall', args=['grid_gaps'])}?year={asked.year}&town={town}"
        rows.append([Cell(label, address), *_grid_cells(counts)])
    return Statement(
        title="网格化管理覆盖情况",
        columns=GRID_COLUMNS,
        rows=rows,
        foot=[Cell(TOTAL), *_grid_cells(total)],
        notes=[
            "全覆盖：所有社区（村）网格划分、团队组建、服务公示都完成，且网格户数之和等于总户数；有一个不明的不算。",
            f"总户数按{asked.district.get_staffing_households_display()}，网格户数和总户数只计两项都已填的。",
        ],
    )


def _grid_cells(counts: Counter[str]) -> list[Cell]:
    number = counts["communities"]
    is_whole = number > 0 and counts["whole"] == number
    return [
        Cell(number),
        Cell(counts["finished"]),
        Cell(counts["in_cells"] if counts["known"] else None),
        Cell(counts["households"] if counts["known"] else None),
        Cell(counts["equal"]),
        Cell(number - counts["known"]),
        Cell(YES if is_whole else NO),
    ]


# --- 公共服务 ------------------------------------------------------------------------------------------------------
def _service_sums(category: Category) -> dict[str, Aggregate]:
    of_category = Q(place__category=category)
    sums: dict[str, Aggregate] = {"known": Count("public_services", filter=of_category)}
    for position, kind in enumerate(PUBLIC_SERVICES):
        sums[f"kind_{position}"] = Count("pk", filter=of_category & Q(public_services__contains=kind))
    return sums


def services_by_kind(communities: QuerySet[Any], asked: Asked) -> Statement:
    """How far the services of the city have come to the villages: the share of each kind, the city beside it (R52)."""
    profiles = _profiles(communities, asked)
    found = {category: profiles.aggregate(**_service_sums(category)) for category in Category}
    order = [Category.RURAL, Category.URBAN]
    rows = []
    for position, kind in enumerate(PUBLIC_SERVICES):
        cells = [_share(found[category], f"kind_{position}") for category in order]
        rows.append([Cell(kind), *(cell for pair in cells for cell in pair)])
    heads = [
        (Column(f"{category.label}能办（个）", Kind.NUMBER), Column(f"{category.label}覆盖率", Kind.PERCENT))
        for category in order
    ]
    known = "，".join(f"{category.label}{found[category]['known']}个" for category in order)
    return Statement(
        title="公共服务向农村延伸情况",
        columns=[Column("服务类别"), *(column for pair in heads for column in pair)],
        rows=rows,
        notes=[f"覆盖率＝能办该类服务的个数÷登记了服务事项的个数（{known}）；没有登记的不计入。"],
    )


def _share(found: Mapping[str, int], name: str) -> tuple[Cell, Cell]:
    if not found["known"]:
        return Cell(None), Cell(None)
    return Cell(found[name]), Cell(percent_of(found[name], found["known"]))


def services_by_town(communities: QuerySet[Any], asked: Asked) -> Statement:
    """The villages of each town that offer each kind of service."""
    villages = communities.filter(place_category=Category.RURAL)
    found = _sums(villages, asked, _service_sums(Category.RURAL))
    rows, total = [], Counter[str]()
    for town, label, number in _by_town(villages):
        counts = Counter({key: value for key, value in found.get(town, {}).items() if key != "place__town"})
        counts["communities"] = number
        total.update(counts)
        address = f"{reverse('communities:record_list', args=['service-items'])}?year={asked.year}&unit_town={town}"
        rows.append([Cell(label, address), *_service_cells(counts)])
    return Statement(
        title="各镇农村社区（村）公共服务",
        columns=[
            TOWN,
            Column("农村社区（村）数", Kind.NUMBER),
            *(Column(f"{kind}（个）", Kind.NUMBER) for kind in PUBLIC_SERVICES),
            Column("没有登记（个）", Kind.NUMBER),
        ],
        rows=rows,
        foot=[Cell(TOTAL), *_service_cells(total)],
    )


def _service_cells(counts: Counter[str]) -> list[Cell]:
    kinds = [Cell(counts[f"kind_{position}"]) for position in range(len(PUBLIC_SERVICES))]
    return [Cell(counts["communities"]), *kinds, Cell(counts["communities"] - counts["known"])]


# --- 政策落实 ------------------------------------------------------------------------------------------------------
def policy_matrix(appointment: Appointment) -> Statement:
    """Town × policy that asks for a town's own paper: issued, number and day, or the gap in words (R13)."""
    policies = list(Policy.objects.visible_to(appointment).filter(needs_implementation=True))
    towns = list(Town.objects.visible_to(appointment))
    issued = {(paper.town_id, paper.policy_id): paper for paper in TownPolicy.objects.visible_to(appointment)}
    return Statement(
        title="各镇贯彻落实区级文件情况",
        columns=[TOWN, *(Column(str(policy), Kind.WORDS) for policy in policies), Column("缺口")],
        rows=[_policy_row(town, policies, issued) for town in towns] if policies else [],
        foot=_policy_foot(towns, policies, issued),
        empty="还没有要求各镇出台实施意见的文件；在“政策文件”中勾选“要求各镇出台实施意见”。",
    )


def _policy_row(town: Town, policies: list[Policy], issued: Mapping[tuple[int, int], TownPolicy]) -> list[Cell]:
    papers = [issued.get((town.pk, policy.pk)) for policy in policies]
    missing = papers.count(None)
    gap = f"缺{missing}份" if missing else "无"
    cells = [Cell(paper_in_words(paper), paper.get_absolute_url() if paper else "") for paper in papers]
    return [Cell(town.name), *cells, Cell(gap)]


def paper_in_words(paper: TownPolicy | None) -> str:
    """已出台，湖政发〔2012〕3号，2012年3月1日; 未出台."""
    if paper is None:
        return "未出台"
    return "，".join(["已出台", paper.document_number or "文号未填", fact(paper.issued_on) or "日期未填"])


def _policy_foot(
    towns: list[Town], policies: Iterable[Policy], issued: Mapping[tuple[int, int], TownPolicy]
) -> list[Cell]:
    def share(policy: Policy) -> str:
        number = sum((town.pk, policy.pk) in issued for town in towns)
        rate: Decimal | None = percent_of(number, len(towns))
        return f"已出台{number}个，共{len(towns)}个" + (f"，占{rate}%" if rate is not None else "")

    return [Cell(TOTAL), *(Cell(share(policy)) for policy in policies), Cell("")]
