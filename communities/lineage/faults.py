"""What stands against a reorganisation: every fault in plain words, with the field that has to be put right."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from communities.lineage.plans import Kind, Plan, Terms
from communities.models import Category, Community, CommunityVersion
from communities.templatetags.official import fact

FEWEST_MERGED = 2
FEWEST_AFTER_SPLIT = 2
LONGEST_NAME = Community._meta.get_field("name").max_length or 0


@dataclass(frozen=True)
class Fault:
    """Why a reorganisation is refused; `field` is the name of what has to be put right, "" for the whole."""

    field: str
    message: str


class LineageRefused(Exception):
    """A reorganisation that may not be carried out; nothing was written."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("；".join(fault.message for fault in faults))
        self.faults = faults


def faults_of(plan: Plan, terms: Terms, *, today: date) -> list[Fault]:
    """Everything that is wrong with a plan, all at once."""
    return [*_wrong_kind(plan), *_wrong_day(plan, terms, today), *_wrong_names(plan), *_no_reason(terms)]


def _wrong_kind(plan: Plan) -> Iterator[Fault]:
    for community in plan.sources:
        if community.closed_on:
            yield Fault("", f"{community.full_name}已于{fact(community.closed_on)}撤销，不能再调整。")
    yield from FAULTS_OF_A_KIND[plan.kind](plan)


def _wrong_merger(plan: Plan) -> Iterator[Fault]:
    if len(plan.sources) < FEWEST_MERGED:
        yield Fault("", "合并至少要选两个社区（村）。")
    if len({community.town_id for community in plan.sources}) > 1:
        yield Fault("", "要合并的社区（村）不在同一个镇（开发区、街道），请先办理“调整隶属”，再合并。")


def _wrong_split(plan: Plan) -> Iterator[Fault]:
    if len(plan.results) < FEWEST_AFTER_SPLIT:
        yield Fault("name_1", "拆分后至少要有两个社区（村）：请填写新单位的名称；原单位撤销的，至少填写两个。")


def _wrong_renaming(plan: Plan) -> Iterator[Fault]:
    if not plan.results[0].is_changed:
        yield Fault("name", "新名称与现名称相同，请填写新名称。")


def _wrong_transfer(plan: Plan) -> Iterator[Fault]:
    town, new_town = plan.sources[0].town, plan.results[0].town
    if town == new_town:
        yield Fault("town", f"现在就属于{town}，请选择另一个镇（开发区、街道）。")
    if town.district_id != new_town.district_id:
        yield Fault("town", "只能调整到本区的镇（开发区、街道）。")


def _wrong_urbanisation(plan: Plan) -> Iterator[Fault]:
    if plan.sources[0].category != Category.RURAL:
        yield Fault("", f"{plan.sources[0].full_name}已是城镇社区，只有农村社区（村）可以办理村改居。")


FAULTS_OF_A_KIND: dict[Kind, Callable[[Plan], Iterator[Fault]]] = {
    Kind.MERGER: _wrong_merger,
    Kind.SPLIT: _wrong_split,
    Kind.RENAMING: _wrong_renaming,
    Kind.TRANSFER: _wrong_transfer,
    Kind.URBANISATION: _wrong_urbanisation,
}


def _wrong_day(plan: Plan, terms: Terms, today: date) -> Iterator[Fault]:
    if terms.effective_on > today:
        yield Fault(
            "effective_on",
            f"生效日期不能晚于今天（{fact(today)}）：台账记录的是现状，请在生效当日或之后办理。",
        )
    current = CommunityVersion.objects.filter(community__in=[community.pk for community in plan.sources])
    for version in current.filter(until__isnull=True).select_related("town"):
        if terms.effective_on <= version.since:
            message = f"{version.full_name}自{fact(version.since)}起才是现状，生效日期须晚于这一天。"
            yield Fault("effective_on", message)


def _wrong_names(plan: Plan) -> Iterator[Fault]:
    """A name stands once in a town: not among the others that live, not twice among the results."""
    given = Counter((unit.town.pk, unit.name) for unit in plan.results)
    others = Community.objects.living().exclude(pk__in=[community.pk for community in plan.sources])
    taken = set(others.filter(town__in=[unit.town.pk for unit in plan.results]).values_list("town", "name"))
    for number, unit in enumerate(plan.results):
        field = name_field(plan, number)
        if not unit.name.strip():
            yield Fault(field, "请填写新单位的名称。")
        elif len(unit.name) > LONGEST_NAME:
            yield Fault(field, f"名称不能超过{LONGEST_NAME}个字。")
        elif (unit.town.pk, unit.name) in taken or given[unit.town.pk, unit.name] > 1:
            yield Fault(field, f"{unit.town}已有“{unit.name}”，请换一个名称。")


def name_field(plan: Plan, number: int) -> str:
    """What has to be put right where a result's name will not do: its name, or the town it should go to."""
    if plan.kind == Kind.TRANSFER:
        return "town"
    new_before = sum(1 for unit in plan.results[:number] if unit.community is None)
    return f"name_{new_before + 1}" if plan.kind == Kind.SPLIT else "name"


def _no_reason(terms: Terms) -> Iterator[Fault]:
    if not terms.reason.strip():
        yield Fault("reason", "请填写调整理由。")
