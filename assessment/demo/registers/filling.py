"""Filling the registers of the demonstration: each written in bulk, all facts counted once, one line in the trail."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.utils import timezone

from accounts import audit
from assessment.demo.registers import facts, funding, grid, ledger, linkage, organisation, places, policies, services
from assessment.demo.registers import workers as staff
from assessment.demo.registers.attachments import attach_files
from assessment.demo.registers.calendar import Span
from assessment.demo.registers.checks import CLOSED, at_work, register_checks, registers_of_communities
from assessment.demo.registers.units import Unit, deal_traits, units_in
from communities.counting import recount_all, store
from communities.locks import close_year
from communities.models import (
    Appointment,
    Community,
    District,
    FundingStandard,
    LedgerKind,
    RegisterCheck,
    Role,
)

BATCH = 1000
GROUP = 32
"""Communities whose records are made together, so that few of them are in memory at a time."""

Maker = Callable[[Unit], Iterable[Any]]

MAKERS: tuple[Maker, ...] = (
    organisation.organisation_units,
    organisation.supervisors,
    staff.workers,
    places.premises,
    places.premises_plans,
    places.rooms,
    places.signs,
    services.service_items,
    services.duty_rosters,
    services.cases,
    grid.grid_cells,
    grid.grid_log,
    linkage.platform_functions,
    linkage.social_organisations,
    linkage.social_work_projects,
    linkage.partners,
)
"""What makes the records of a community by register, those first to which others point."""


@dataclass
class Filling:
    """One run over a district; `written` counts the records by the name of their register."""

    district: District
    first_year: int
    now: datetime
    written: Counter[str] = field(default_factory=Counter)

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def write(self, records: Iterable[Any]) -> list[Any]:
        """Store records of one register."""
        found = list(records)
        if found:
            type(found[0])._default_manager.bulk_create(found, batch_size=BATCH)
            self.written[str(found[0]._meta.verbose_name)] += len(found)
        return found

    def write_of_units(self, units: list[Unit], make: Maker) -> None:
        """Store what `make` makes of each unit and let the unit know."""
        made = [(unit, record) for unit in units for record in make(unit)]
        self.write(record for _unit, record in made)
        for unit, record in made:
            unit.records[type(record)].append(record)

    def fill_year(self, units: list[Unit], span: Span) -> None:
        """Some communities at a time, so that few records are in memory; then what is summed up over all of them."""
        standards = self.write(funding.funding_standards(self.district, span, self.first_year))
        makers = self.makers({standard.category: standard for standard in standards})
        for first in range(0, len(units), GROUP):
            self.fill_group(units[first : first + GROUP], makers)
        self.write(funding.budgets(self.district, span))
        self.write(funding.town_budgets(self.district, span))
        self.write(training for town in self.district.towns.all() for training in staff.trainings(town, span))
        self.write_facts(units)
        recount_all(registers_of_communities(), span.year, [unit.community.pk for unit in units])

    def makers(self, standards: dict[str, FundingStandard]) -> list[Maker]:
        """All of them: those of MAKERS and those that need what the district keeps."""
        kinds = {kind.name: kind for kind in LedgerKind.objects.filter(district=self.district)}
        return [
            *MAKERS,
            lambda unit: ledger.ledger_entries(unit, kinds),
            lambda unit: funding.funding(unit, standards),
        ]

    def fill_group(self, units: list[Unit], makers: list[Maker]) -> None:
        for make in makers:
            self.write_of_units(units, make)
        checks = [check for unit in units for check in register_checks(unit, self.officers, self.now)]
        RegisterCheck.objects.bulk_create(checks, batch_size=BATCH)
        for unit in units:
            unit.records.clear()

    @cached_property
    def officers(self) -> dict[int, int]:
        """The account of each town's officer."""
        found = Appointment.objects.filter(district=self.district, role=Role.TOWN_OFFICER)
        return dict(found.values_list("town", "user"))

    def write_facts(self, units: list[Unit]) -> None:
        """The facts that nobody counts, onto the profiles that the office's file has made."""
        for unit in units:
            for name, value in facts.direct_facts(unit).items():
                setattr(unit.profile, name, value)
        store([unit.profile for unit in units], facts.FACTS)

    def fill_policies(self) -> None:
        stored = self.write(policies.policies(self.district, self.first_year))
        self.write(policies.town_policies(self.district, stored, self.first_year))
        self.write(policies.honours(self.district, self.first_year))
        self.write(policies.source_figures(self.district, self.first_year))


def fill_registers(district: District, *, years: list[int], now: datetime) -> None:
    """Fill every register of the district for those of the years that have begun; the first one is closed if it lies
    behind."""
    filling = Filling(district, years[0], now)
    communities = list(Community.objects.filter(town__district=district).select_related("town"))
    traits = deal_traits(communities)
    spans = [span for span in (Span.of(year, filling.today) for year in years) if span.has_begun]
    for span in spans:
        filling.fill_year(units_in(district, span, first_year=years[0], traits=traits), span)
    filling.fill_policies()
    bureau = Appointment.objects.filter(district=district, role=Role.BUREAU_OFFICER).select_related("district", "user")
    officer = bureau[0]
    attach_files([span.year for span in spans], bureau=officer)
    if filling.today.year > years[0]:
        close_year(years[0], by=officer, now=at_work(date(years[0] + 1, *CLOSED), now))
    audit.record("载入演示台账", district, by=None, after=dict(filling.written))
