"""政策、各镇实施意见、荣誉 and 原文数据: what the speech names, and towns that lag (R2, R10-R13, R59)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import count

from assessment.demo.registers.chance import likely, seeded
from communities.models import Category, Community, District, Honour, Policy, SourceFigure, TownPolicy

Level = Policy.Level
SAMPLE = "演示数据，文号和日期为示例。"
SPEECH = "推进会讲话"
LATE_TOWNS = ("前黄镇", "湟里镇", "西湖街道")
"""Towns that have issued one opinion only (R13)."""

POLICIES: tuple[tuple[str, str, str, Level, int, str, bool], ...] = (
    ("省级和谐社区建设示范社区（村）考评标准", "苏民基〔{}〕12号", "省民政厅", Level.PROVINCE, 1, "", False),
    (
        "关于推进社区体制机制创新的意见",
        "苏办发〔{}〕33号",
        "省委办公厅、省政府办公厅",
        Level.PROVINCE,
        1,
        "4.1、4.7",
        False,
    ),
    ("关于加强城乡和谐社区建设的实施意见", "常发〔{}〕21号", "市委、市政府", Level.CITY, 1, "1.3、4.1", False),
    (
        "关于核定城镇社区专职工作者和工作经费的实施意见",
        "武办发〔{}〕41号",
        "区委办公室、区政府办公室",
        Level.DISTRICT,
        1,
        "1.4、1.5、4.2",
        True,
    ),
    (
        "关于全面推进农村社区便民服务站规范化建设的实施意见",
        "武办发〔{}〕42号",
        "区委办公室、区政府办公室",
        Level.DISTRICT,
        1,
        "3.1、3.5",
        True,
    ),
    (
        "关于全面推进城乡社区网格化管理的意见",
        "武办发〔{}〕43号",
        "区委办公室、区政府办公室",
        Level.DISTRICT,
        1,
        "4.3、4.4、4.5",
        True,
    ),
)
"""Title, document number, issuer, level, years before the campaign, items, whether the towns have to follow."""


def policies(district: District, first_year: int) -> Iterator[Policy]:
    random = seeded("policies")
    for title, number, issuer, level, years, items, needs in POLICIES:
        yield Policy(
            district=district,
            title=title,
            document_number=number.format(first_year - years),
            issuer=issuer,
            level=level,
            issued_on=date(first_year - years, random.randrange(2, 12), random.randrange(1, 29)),
            items=items,
            needs_implementation=needs,
            remarks=SAMPLE,
        )


def town_policies(district: District, stored: list[Policy], first_year: int) -> Iterator[TownPolicy]:
    """Most towns have followed each of the three district documents; some gaps stay (R13)."""
    random = seeded("town policies")
    followed = [policy for policy in stored if policy.needs_implementation]
    for town in district.towns.all():
        numbers = count(random.randrange(10, 60))
        for policy in followed[:1] if town.name in LATE_TOWNS else followed:
            if likely(random, 0.9):
                yield TownPolicy(
                    town=town,
                    policy=policy,
                    title=f"关于贯彻落实《{policy.title}》的意见",
                    document_number=f"{town.name[:1]}委发〔{first_year}〕{next(numbers)}号",
                    issued_on=date(first_year, random.randrange(1, 7), random.randrange(1, 29)),
                    remarks=SAMPLE,
                )


HONOURED = 14
"""How many communities hold an honour of their own."""


def honours(district: District, first_year: int) -> Iterator[Honour]:
    random = seeded("honours")
    yield Honour(
        district=district,
        name="全国村民自治模范区",
        level=Honour.Level.NATION,
        issuer="民政部",
        awarded_on=date(first_year - 5, 12, 20),
        remarks=SAMPLE,
    )
    for town in district.towns.all()[:4]:
        yield Honour(
            district=district,
            name="和谐社区建设先进镇（街道）",
            level=Honour.Level.CITY,
            town=town,
            issuer="市民政局",
            awarded_on=date(first_year - 1, random.randrange(1, 13), 18),
            remarks=SAMPLE,
        )
    communities = list(Community.objects.filter(town__district=district).select_related("town"))
    for community in random.sample(communities, min(HONOURED, len(communities))):
        is_village = community.category == Category.RURAL
        yield Honour(
            district=district,
            name="民主法治示范村" if is_village else "绿色社区",
            level=random.choice([Honour.Level.PROVINCE, Honour.Level.CITY]),
            town=community.town,
            community=community,
            issuer="司法局" if is_village else "环保局",
            awarded_on=date(first_year - 1, random.randrange(1, 13), random.randrange(1, 29)),
            valid_until=date(first_year + 3, 12, 31),
            remarks=SAMPLE,
        )


FIGURES: tuple[tuple[str, str, str, str, str | None], ...] = (
    ("“一委一居一站”建成率", Category.URBAN, "75.2", "%", None),
    ("“一委一居一站”建成率", Category.RURAL, "65.9", "%", None),
    ("完成网格化管理基础工作的社区", Category.URBAN, "105", "个", None),
    ("完成网格化管理基础工作的社区", Category.RURAL, "117", "个", None),
    ("取得社会工作师资格证书人数", Category.URBAN, "138", "人", None),
    ("持证上岗率", Category.URBAN, "16", "%", "138"),
    ("区财政对城乡社区建设经费补贴", "", "2531.1", "万元", None),
)
"""Name, category, value, unit, numerator: what the speech says and no more (decision 3)."""


def source_figures(district: District, first_year: int) -> Iterator[SourceFigure]:
    for name, category, value, unit_name, numerator in FIGURES:
        yield SourceFigure(
            district=district,
            name=name,
            category=category,
            value=Decimal(value),
            unit_name=unit_name,
            numerator=Decimal(numerator) if numerator else None,
            as_of=date(first_year, 6, 30),
            document=SPEECH,
        )
