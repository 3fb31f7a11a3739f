"""年度日程: what happens when in a year, what the bureau set of it, and where it cannot work (R71-R77).

申报截止 is the campaign year's own deadline. All other dates follow from it until the bureau sets
them. The first year is squeezed into the second half of November (decision 10).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, groupby, pairwise
from typing import Any

from django.db import transaction

from assessment.campaigns import PROVINCIAL_VISIT, deadline_notes
from assessment.holidays import is_arranged, why_off, working_days
from assessment.models import CampaignDate, CampaignYear
from communities.models import Appointment
from communities.revisions import revise
from communities.templatetags.official import fact

Kind = CampaignDate.Kind
DEADLINE = "申报截止"
ONE_DAY = timedelta(days=1)
SHARES = {
    Kind.DOCUMENTS: 3,
    Kind.SITE: 3,
    Kind.CONSULTATION: 2,
    Kind.CANDIDATES: 1,
    Kind.CITY: 2,
    Kind.REQUEST: 1,
    Kind.PROVINCE: 3,
}
"""How the days between the deadline and the end of the provincial visit are shared out, one after the other: the 15
days of the first year make 3 + 3 + 2 + 1 + 2 + 1 + 3."""

ORDER = [
    (Kind.DOCUMENTS, Kind.CANDIDATES),
    (Kind.SITE, Kind.CANDIDATES),
    (Kind.CONSULTATION, Kind.CANDIDATES),
    (Kind.CANDIDATES, Kind.CITY),
    (Kind.CITY, Kind.REQUEST),
    (Kind.REQUEST, Kind.PROVINCE),
    (Kind.PROVINCE, Kind.NAMING),
]
"""What must be over before what begins. 材料审核, 现场检查 and 征求部门意见 may go side by side."""

Span = tuple[date, date]


def default_spans(year: int, deadline: date) -> dict[Kind, Span]:
    """The dates of a year nobody has set yet, from its deadline alone. Pure.

    自查 from 1 January to the deadline, 省考评 until 30 November, 命名 in December; the rest in between.
    """
    last = date(year, *PROVINCIAL_VISIT)
    first = min(max(deadline, date(year, 1, 1)), last - ONE_DAY) + ONE_DAY
    days = (last - first).days + 1
    bounds = [days * share // sum(SHARES.values()) for share in accumulate(SHARES.values(), initial=0)]
    spans = {Kind.SELF_CHECK: (date(year, 1, 1), min(max(deadline, date(year, 1, 1)), date(year, 12, 31)))}
    for kind, (begin, end) in zip(SHARES, pairwise(bounds), strict=True):
        begins = first + begin * ONE_DAY if begin < days else last
        spans[kind] = (begins, max(begins, first + (end - 1) * ONE_DAY))
    return spans | {Kind.NAMING: (date(year, 12, 1), date(year, 12, 31))}


@dataclass(frozen=True)
class Entry:
    """One line of the calendar. `kind` None is 申报截止; `is_set` says that the bureau set the dates itself."""

    kind: Kind | None
    begins: date
    ends: date
    note: str = ""
    is_set: bool = True

    @property
    def label(self) -> str:
        return self.kind.label if self.kind else DEADLINE

    @property
    def working_days(self) -> int:
        return working_days(self.begins, self.ends)

    @property
    def notes(self) -> list[str]:
        """First and last days that are no working days."""
        if self.begins == self.ends:
            ends = {"" if self.kind else "截止日期": self.ends}
        else:
            ends = {"开始日期": self.begins, "结束日期": self.ends}
        return [f"{name}{fact(day)}是{why_off(day)}" for name, day in ends.items() if why_off(day)]


@dataclass(frozen=True)
class Month:
    """The entries that begin in one month."""

    year: int
    number: int
    entries: list[Entry]


def calendar_of(campaign_year: CampaignYear) -> list[Entry]:
    """The year's entries by their first day: the bureau's dates, the defaults where it set none."""
    stored = {Kind(one.kind): one for one in CampaignDate.objects.filter(campaign_year=campaign_year)}
    entries = [Entry(None, campaign_year.deadline, campaign_year.deadline)]
    for kind, span in default_spans(campaign_year.year, campaign_year.deadline).items():
        own = stored.get(kind)
        entries.append(Entry(kind, own.begins, own.ends, own.note) if own else Entry(kind, *span, is_set=False))
    return sorted(entries, key=lambda entry: (entry.begins, entry.ends))


def spans_of(entries: list[Entry]) -> dict[Kind, Span]:
    return {entry.kind: (entry.begins, entry.ends) for entry in entries if entry.kind}


def by_month(entries: list[Entry]) -> list[Month]:
    groups = groupby(entries, key=lambda entry: (entry.begins.year, entry.begins.month))
    return [Month(year, number, list(found)) for (year, number), found in groups]


def warnings(campaign_year: CampaignYear, entries: list[Entry]) -> list[str]:
    """What to watch: the squeeze of the first year, dates that overlap, an order that cannot work, unknown holidays."""
    return [
        *deadline_notes(campaign_year),
        *_order_faults(spans_of(entries), campaign_year),
        *(f"“{one.label}”期间没有工作日，请调整。" for one in entries if one.kind and not one.working_days),
        *_unknown_holidays(entries),
    ]


def _order_faults(spans: dict[Kind, Span], campaign_year: CampaignYear) -> Iterator[str]:
    for earlier, later in ORDER:
        (begins, ends), (next_begins, next_ends) = spans[earlier], spans[later]
        if next_begins < begins or next_ends < ends:
            yield f"“{later.label}”须在“{earlier.label}”之后，现在的顺序无法办理，请调整。"
        elif next_begins <= ends:
            days = (min(ends, next_ends) - next_begins).days + 1
            yield f"“{later.label}”开始时“{earlier.label}”尚未结束，重叠{days}天，请留意。"
    for kind in (Kind.DOCUMENTS, Kind.SITE):
        if spans[kind][1] <= campaign_year.deadline:
            yield f"“{kind.label}”在申报截止前就结束，临近截止申报的单位来不及检查，请调整。"
    last = date(campaign_year.year, *PROVINCIAL_VISIT)
    if spans[Kind.PROVINCE][1] > last:
        yield f"省考评应在每年11月底前进行，现在排到{fact(spans[Kind.PROVINCE][1])}。"


def _unknown_holidays(entries: list[Entry]) -> Iterator[str]:
    for year in sorted({day.year for entry in entries for day in (entry.begins, entry.ends)}):
        if not is_arranged(year):
            yield f"{year}年的放假安排系统尚未收录，只标出星期六、星期日；放假和调休以国务院办公厅公布的为准。"


def days_of(year: int, entry: Entry) -> tuple[int, int]:
    """Where the entry's bar begins and how long it is, in days of the year, as far as it lies within the year."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    begins, ends = max(entry.begins, first), min(entry.ends, last)
    return ((begins - first).days, max((ends - begins).days + 1, 0)) if begins <= ends else (0, 0)


def date_to_edit(campaign_year: CampaignYear, kind: Kind) -> CampaignDate:
    """The stored entry, or one that is not stored yet and holds the default dates."""
    own = CampaignDate.objects.filter(campaign_year=campaign_year, kind=kind).first()
    begins, ends = default_spans(campaign_year.year, campaign_year.deadline)[kind]
    return own or CampaignDate(campaign_year=campaign_year, kind=kind, begins=begins, ends=ends)


@transaction.atomic
def set_date(
    campaign_year: CampaignYear, kind: Kind, values: dict[str, Any], *, revision: int, by: Appointment
) -> None:
    """Write an entry of the calendar; raises Conflict where somebody else wrote it first."""
    begins, ends = default_spans(campaign_year.year, campaign_year.deadline)[kind]
    own, _made = CampaignDate.objects.get_or_create(
        campaign_year=campaign_year, kind=kind, defaults={"begins": begins, "ends": ends}
    )
    revise(own, values, revision=revision, by=by, action="修改年度日程")
