"""The chain of the demonstration: a first year from self-check to naming, and a second one under way.

In the second year named units are drawn again: one fails, is rectified and keeps its title, another loses it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import count
from random import Random

from django.db import transaction
from django.utils import timezone

from assessment.demo import acts, work
from assessment.demo.review import Checkers, Reviewer
from assessment.demo.sheets import Written, YearWriter
from assessment.demo.steps import LAST, Round, Way, steps_to
from assessment.models import CampaignYear, FrameUnit, Rectification, Stage, State
from communities.models import Category, Community, District

SEED = 20120930
NAMED_SHARE = {Category.URBAN: Decimal("0.76"), Category.RURAL: Decimal("0.69")}
EXTRA = 3
"""Applicants of a category and the first year who were not named: by the district, the city, the province."""
CITY_RATIO, PROVINCE_RATIO = 20, 10
SECOND_PROVINCE_RATIO = 5
EARLY = (State.RECOGNISED, State.CITY_PASSED, State.LISTED, State.UNLISTED)
RECENT = (State.RECEIVED, State.SUBMITTED, State.DRAFT, None, State.INSPECTED, State.DRAFT, State.RETURNED, None)
"""How far those without a title have come in the open year, dealt in turn; None has not begun. A first batch of every
fourth has gone early and far, the rest has filed in the last days."""
ONE_IN = 4
WAITING = 2
LATE = timedelta(days=2)
RECTIFIED = 25
Progress = Rectification.Progress
TO_SUBMIT = steps_to(State.SUBMITTED)
FAILED_AT_CITY = (*steps_to(State.LISTED), "fail_city")
FAILED_AT_PROVINCE = (*steps_to(State.CITY_PASSED), "fail_province")
KEPT = ("keep",)
KEPT_AFTER_RECTIFICATION = ("order_rectification", "report_rectified", "keep_after_rectification")
REVOKED = ("order_rectification", "report_rectified", "propose_revocation", "revoke")
RECTIFYING = ("order_rectification",)


@dataclass
class Year:
    """One year of the story as it is being told."""

    campaign_year: CampaignYear
    writers: dict[Category, YearWriter]
    round: Round
    checkers: Checkers
    random: Random
    written: list[Written] = field(default_factory=list)

    def tell(self, ways: Iterable[tuple[Community, Way]]) -> None:
        ways = list(ways)
        for category, writer in self.writers.items():
            self.written += writer.write([pair for pair in ways if pair[0].category == category])

    def review(self, drawn: dict[Stage, set[int]]) -> dict[int, dict[Stage, Decimal]]:
        """What all stages found; answers with each assessment's totals."""
        totals: dict[int, dict[Stage, Decimal]] = {}
        mark = self.campaign_year.campaign.pass_mark
        for category, writer in self.writers.items():
            own = [one for one in self.written if one.assessment.community.category == category]
            reviewer = Reviewer(writer.items, self.checkers, self.random, mark)
            totals |= reviewer.write(own, drawn)
        return totals

    def reached(self, step: str) -> list[Written]:
        return [one for one in self.written if step in one.way.steps]

    def fix_list(self, totals: dict[int, dict[Stage, Decimal]]) -> None:
        listed = {one.assessment.pk: totals[one.assessment.pk] for one in self.reached("enlist")}
        both = {pk: (own[Stage.SELF], own[Stage.DISTRICT]) for pk, own in listed.items()}
        acts.fix_list(self.campaign_year, both, self.round.at("enlist"), by=self.checkers.bureau)

    def consult(self, round_: Round, number: int, units: Sequence[Written]) -> None:
        assessments = [one.assessment for one in units]
        acts.consult(self.campaign_year, assessments, round_, number, by=self.checkers.bureau, random=self.random)


@transaction.atomic
def tell_chain(district: District, *, now: datetime) -> None:
    """Both years, from the registers that the district has."""
    first_year, second_year, *_later = district.campaign.years.select_related("campaign__district")
    random, checkers = Random(SEED), Checkers.of(district)  # noqa: S311  # a story that repeats, not a secret
    begins = min(evening_before(first_year), now - timedelta(days=LAST + 4))
    first = Year(
        first_year, writers(first_year, random), Round(begins, begins + timedelta(days=LAST)), checkers, random
    )
    tell_first(first)
    begins = max(first.round.ends + timedelta(days=1), timezone.make_aware(datetime(second_year.year, 1, 20, 9)))  # noqa: DTZ001
    early = Round(min(begins, now - timedelta(days=2)), now - timedelta(days=1))
    tell_second(Year(second_year, writers(second_year, random), early, checkers, random), first, now=now)


def writers(campaign_year: CampaignYear, random: Random) -> dict[Category, YearWriter]:
    receipts = count(1)
    return {category: YearWriter(campaign_year, category, random, receipts) for category in Category}


def evening_before(campaign_year: CampaignYear) -> datetime:
    """Half past four on the day before the deadline."""
    return timezone.make_aware(datetime.combine(campaign_year.deadline - timedelta(days=1), time(16, 30)))


# --- the first year ------------------------------------------------------------------------------------------------
def tell_first(year: Year) -> None:
    ranked = {category: writer.ranked() for category, writer in year.writers.items()}
    number = {category: int(len(units) * NAMED_SHARE[category]) for category, units in ranked.items()}
    applied = [unit for category, units in ranked.items() for unit in units[: number[category] + EXTRA]]
    unlisted = [units[number[category] + EXTRA - 1] for category, units in ranked.items()]
    listed = [unit for unit in applied if unit not in unlisted]
    frame = acts.frame_units(listed, FrameUnit.Standing.NEW)
    at_city = acts.sample(Stage.CITY, CITY_RATIO, frame)
    fallen = {unit.pk for unit in last_of_each([unit for unit in listed if unit.pk in at_city])}
    passed = [unit for unit in listed if unit.pk not in fallen]
    second_frame = acts.frame_units(passed, FrameUnit.Standing.NEW)
    at_province = acts.sample(Stage.PROVINCE, PROVINCE_RATIO, second_frame)
    refused = {unit.pk for unit in last_of_each([unit for unit in passed if unit.pk in at_province])}
    ends = {unit.pk: steps_to(State.UNLISTED) for unit in unlisted}
    ends |= dict.fromkeys(fallen, FAILED_AT_CITY) | dict.fromkeys(refused, FAILED_AT_PROVINCE)
    named, late = steps_to(State.NAMED), Round(*(one + LATE for one in (year.round.begins, year.round.ends)))
    year.tell((unit, Way(ends.get(unit.pk, named), late if unit == applied[0] else year.round)) for unit in applied)
    totals = year.review({Stage.CITY: at_city, Stage.PROVINCE: at_province})
    year.consult(year.round, 1, year.written)
    year.fix_list(totals)
    acts.draw(year.campaign_year, Stage.CITY, CITY_RATIO, frame, year.round, by=year.checkers.bureau)
    acts.draw(year.campaign_year, Stage.PROVINCE, PROVINCE_RATIO, second_frame, year.round, by=year.checkers.bureau)
    acts.name_units(year.campaign_year, year.reached("name"), late.at("name"), by=year.checkers.bureau)
    bureau = year.checkers.bureau
    work.plan(year.campaign_year)
    work.prolong(year.campaign_year, year.written[0], LATE.days + 1, by=bureau)
    mended = year.reached("conclude")[:: len(year.written) // RECTIFIED]
    inspected = year.round.at("conclude")
    work.rectify(year.campaign_year, mended, Stage.DISTRICT, at=inspected, days=10, progress=Progress.CLOSED, by=bureau)


def last_of_each(units: Sequence[Community]) -> list[Community]:
    """The last of each category."""
    return list({unit.category: unit for unit in units}.values())


# --- the second year -----------------------------------------------------------------------------------------------
def tell_second(year: Year, first: Year, *, now: datetime) -> None:
    named = [one.assessment.community for one in first.reached("name")]
    ids = {unit.pk for unit in named}
    rest = [unit for writer in year.writers.values() for unit in writer.communities if unit.pk not in ids]
    early, recent = rest[::ONE_IN], [unit for number, unit in enumerate(rest) if number % ONE_IN]
    recent_round = Round(now - timedelta(days=8), now - timedelta(days=8 - LAST))
    dealt = [(unit, RECENT[number % len(RECENT)]) for number, unit in enumerate(recent)]
    year.tell((unit, Way(steps_to(state), recent_round)) for unit, state in dealt if state)
    drawn = tell_early(year, early, named)
    totals = year.review(drawn)
    far = [one for one in year.written if one.way.round is year.round and not one.way.is_recheck]
    year.consult(year.round, 1, far)
    year.consult(recent_round, 2, [one for one in year.reached("conclude") if one not in far])
    year.fix_list(totals)
    revoked = [one.assessment.community_id for one in year.reached("revoke")]
    tell_work(year, rest, recent_round, now=now)
    acts.revoke_titles(year.campaign_year, revoked, year.round.at("revoke"), by=year.checkers.bureau)


def tell_work(year: Year, rest: Sequence[Community], recent: Round, *, now: datetime) -> None:
    """What people are at work on today: inspections, visits, faults to be mended, reasons not to apply."""
    campaign_year, checkers = year.campaign_year, year.checkers
    received = [one for one in year.written if one.way.state is State.RECEIVED]
    listed = [one for one in year.written if one.way.state is State.LISTED]
    work.give_out(received[: len(received) // 2], Stage.DISTRICT, checkers, now - timedelta(days=1))
    work.give_out(listed, Stage.CITY, checkers, now - timedelta(days=1))
    ordered = year.reached("order_rectification")
    mended = [one for one in ordered if "report_rectified" in one.way.steps]
    sent = year.round.at("order_rectification")
    for units, progress in ((mended, Progress.CLOSED), ([one for one in ordered if one not in mended], Progress.OPEN)):
        work.rectify(campaign_year, units, Stage.PROVINCE, at=sent, days=60, progress=progress, by=checkers.bureau)
    inspected = [one for one in year.reached("conclude") if one.way.round is recent]
    done = recent.at("conclude")
    for number, one in enumerate(inspected):
        progress = Progress.REPORTED if number % 2 else Progress.OPEN
        work.rectify(campaign_year, [one], Stage.DISTRICT, at=done, days=14, progress=progress, by=checkers.bureau)
    work.plan(campaign_year)
    work.keep_usual_dates(campaign_year)
    applied = {one.assessment.community_id for one in year.written}
    work.explain(campaign_year, [unit for unit in rest if unit.pk not in applied])


def tell_early(year: Year, early: Sequence[Community], named: Sequence[Community]) -> dict[Stage, set[int]]:
    """Those who went ahead, and the named units that the province drew with them; answers with both samples."""
    states = {unit.pk: EARLY[number % len(EARLY)] for number, unit in enumerate(early)}
    listed = [unit for unit in early if states[unit.pk] is not State.UNLISTED]
    frame = acts.frame_units(listed, FrameUnit.Standing.NEW)
    at_city = acts.sample(Stage.CITY, CITY_RATIO, frame)
    # Who was not drawn has passed with its district score; the last of the sample wait for the city's visit.
    waiting = {unit.pk for unit in [unit for unit in listed if unit.pk in at_city][-WAITING:]}
    states |= {unit.pk: State.CITY_PASSED for unit in listed if states[unit.pk] is State.LISTED}
    states |= dict.fromkeys(waiting, State.LISTED)
    passed = [unit for unit in listed if states[unit.pk] is not State.LISTED]
    again = [*acts.frame_units(passed, FrameUnit.Standing.NEW), *acts.frame_units(named, FrameUnit.Standing.NAMED)]
    at_province = acts.sample(Stage.PROVINCE, SECOND_PROVINCE_RATIO, again)
    states |= {unit.pk: State.RECOGNISED for unit in passed if unit.pk not in at_province}
    year.tell((unit, Way(steps_to(states[unit.pk]), year.round)) for unit in early)
    year.tell(rechecks(year, [unit for unit in named if unit.pk in at_province]))
    acts.draw(year.campaign_year, Stage.CITY, CITY_RATIO, frame, year.round, by=year.checkers.bureau)
    acts.draw(year.campaign_year, Stage.PROVINCE, SECOND_PROVINCE_RATIO, again, year.round, by=year.checkers.bureau)
    return {Stage.CITY: at_city, Stage.PROVINCE: at_province}


def rechecks(year: Year, units: Sequence[Community]) -> Iterable[tuple[Community, Way]]:
    """One kept after rectification, one revoked, the others kept, being rectified, or waiting for their visit."""
    ends = [KEPT_AFTER_RECTIFICATION, REVOKED, RECTIFYING, ("order_rectification", "report_rectified"), ()]
    for number, unit in enumerate(units):
        yield unit, Way(ends[number] if number < len(ends) else KEPT, year.round, is_recheck=True)
