"""What a metric is, and the names that a standard may bind an item to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models.expressions import Combinable

from communities.models import District
from communities.models.members import split

MetricValue = Decimal | bool | frozenset[str] | None
Expression = Combinable
Expressions = Callable[[District, date], Mapping[str, Expression]]

DICTIONARY: dict[str, type] = {
    "staff_shortfall": Decimal,
    "cert_rate": Decimal,
    "station_staff_count": Decimal,
    "premises_area_sqm": Decimal,
    "premises_right_doc": bool,
    "outdoor_area_sqm": Decimal,
    "function_rooms": frozenset,
    "sign_mismatch_count": Decimal,
    "org_units": frozenset,
    "has_party_org": bool,
    "election_overdue": bool,
    "grid_coverage_rate": Decimal,
    "grid_unqualified_count": Decimal,
    "grid_issue_close_rate": Decimal,
    "platform_functions": frozenset,
    "public_services": frozenset,
    "service_station_standard": bool,
    "offpeak_roster": bool,
    "agency_overdue_count": Decimal,
    "funding_paid_rate": Decimal,
    "social_org_count": Decimal,
    "co_build_agreements": Decimal,
    "disclosure_updates_year": Decimal,
    "supervision_records_year": Decimal,
    "resident_meetings_year": Decimal,
    "participation_forms": frozenset,
    "mediation_success_rate": Decimal,
    "safety_checks_year": Decimal,
    "major_incident_count": Decimal,
    "library_books": Decimal,
    "activities_year": Decimal,
    "culture_teams": Decimal,
    "lectures_year": Decimal,
    "bulletin_updates_year": Decimal,
    "env_problem_count": Decimal,
    "has_resident_pact": bool,
    "volunteer_rate": Decimal,
    "satisfaction_rate": Decimal,
    "awareness_rate": Decimal,
    "town_has_community_office": bool,
}
"""The 40 names of the standard's metric dictionary, and what each is: a number, a yes or no, or a set of members."""

COMMUNITY, TOWN, BUREAU = "社区（村）", "镇（开发区、街道）", "区社区办"
"""Who closes a gap."""


@dataclass(frozen=True)
class Metric:
    """`expressions` builds {member: expression} for a district on a day; most metrics have the single member "".

    `facts` are the profile's facts that it reads, `closes` says who can mend it. The label of a yes-or-no metric is a
    verb phrase that takes 已 or 未 before it, `verb` does the same for the members of a set. `met` is how people say
    that nothing is missing, where label and number would say it badly.
    """

    name: str
    label: str
    unit: str
    definition: str
    expressions: Expressions
    facts: tuple[str, ...]
    closes: str = COMMUNITY
    met: str = ""
    verb: str = "设"

    def value(self, members: Mapping[str, object]) -> MetricValue:
        """The metric's value from the values of its members; None while any is unknown."""
        if any(value is None for value in members.values()):
            return None
        if "" not in members:
            return frozenset(member for member, present in members.items() if present)
        value = members[""]
        if isinstance(value, str):
            return frozenset(split(value))
        return value if isinstance(value, bool) else Decimal(str(value))
