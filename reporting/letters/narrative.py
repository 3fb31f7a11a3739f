"""创建情况: what the registers say of a community in a year, as sentences; what is unknown is left out (R34, R62)."""

from collections.abc import Iterator

from communities.models import Community, YearProfile
from communities.models.members import split
from communities.templatetags.official import fact, percent

LONGEST = 800
"""Characters that the 创建申报表 has room for."""
UNITS = {
    "has_party_committee": "党组织",
    "has_residents_committee": "居（村）委会",
    "has_service_station": "便民服务站",
    "has_governance_office": "综治办",
}
CLAUSES = (
    (("registered_households", "户籍{}户"), ("resident_households", "常住{}户"),
     ("resident_population", "常住人口{}人"), ("grid_cells", "划分网格{}个")),
    (("workers", "有专职工作者{}人"), ("certified_workers", "其中持有社会工作者职业水平证书{}人")),
    (("premises_area_sqm", "社区用房{}平方米"), ("outdoor_area_sqm", "户外健身活动场所{}平方米"),
     ("function_rooms", "功能室具备{}功能")),
    (("public_services", "能办理{}"), ("cases", "全年代办事项{}件")),
    (("disclosures", "村（居）务公开{}次"), ("resident_meetings", "召开代表会议{}次"),
     ("participation_forms", "开展{}")),
    (("funding_approved", "核定经费{}万元"), ("funding_paid", "实拨{}万元")),
    (("mediations", "调解纠纷{}件"), ("mediations_succeeded", "调解成功{}件"), ("safety_checks", "开展安全检查{}次")),
    (("library_books", "有藏书{}册"), ("activities", "开展文体活动{}次"), ("lectures", "授课{}次"),
     ("bulletin_updates", "更换宣传栏{}次")),
    (("social_organisations", "有社会组织{}个"), ("culture_teams", "文体队伍{}支"),
     ("social_work_projects", "社工服务项目{}个"), ("co_build_agreements", "签订共建协议{}份"),
     ("volunteers", "注册志愿者{}人")),
)  # fmt: skip
"""A sentence each: facts of the profile and the words around them."""
RATES = (("satisfied", "satisfaction_sample", "满意率"), ("aware", "awareness_sample", "知晓率"))
SETS = {"function_rooms", "public_services", "participation_forms"}


def overview(community: Community, profile: YearProfile | None) -> list[str]:
    """Sentences about a community; of one without a profile the first only."""
    first = f"{community.full_name}属{community.get_category_display()}。"
    return [first, *(_sentences(profile) if profile else ())]


def shortened(sentences: list[str], last: str, longest: int = LONGEST) -> str:
    """As many whole sentences as there is room for, and the last one always."""
    told = ""
    for sentence in sentences:
        if len(told) + len(sentence) + len(last) > longest:
            break
        told += sentence
    return told + last


def _sentences(profile: YearProfile) -> Iterator[str]:
    units = [label for name, label in UNITS.items() if getattr(profile, name)]
    if units:
        yield f"已建立{'、'.join(units)}。"
    for clauses in CLAUSES:
        told = [words.format(_written(profile, name)) for name, words in clauses if _written(profile, name)]
        if told:
            yield f"{'，'.join(told)}。"
    rates = [told for told in (_rate(profile, *names) for names in RATES) if told]
    if rates:
        yield f"{'；'.join(rates)}。"


def _written(profile: YearProfile, name: str) -> str:
    """The fact as people write it; blank where it is unknown or nothing."""
    value = getattr(profile, name)
    if not value:
        return ""
    return "、".join(split(value)) if name in SETS else fact(value)


def _rate(profile: YearProfile, part: str, whole: str, label: str) -> str:
    """访问50户，满意率96.0%."""
    number, of = getattr(profile, part), getattr(profile, whole)
    return f"访问{of}户，{label}{percent(100 * number / of)}" if of and number is not None else ""
