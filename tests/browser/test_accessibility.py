"""axe finds nothing serious on any page, for anybody, at 360, 768 and 1366 px, and no page scrolls sideways."""

from datetime import date
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from accounts import audit
from assessment.inspecting.rights import CHECKERS
from assessment.models import Assessment, CampaignYear, Designation, Inspection, Stage, State
from communities.models import (
    Appointment,
    Community,
    DutyRoster,
    FundingStandard,
    Policy,
    Reorganisation,
    Role,
    Room,
    SocialOrganisation,
    SourceFigure,
    YearProfile,
)
from communities.models.records import REGISTERS
from tests.assessment.title_cases import make_document, rechecked
from tests.factories import make_assessment, make_community, make_designation, make_person, make_renaming, make_town
from tests.inspection_rows import make_inspection
from tests.reporting.staged import score

pytestmark = pytest.mark.browser

WIDTHS = [360, 768, 1366]
SCORE_PAGES = ("scores", "inflation", "disagreement", "drift", "near-mark", "towns")
FULL = {f"{part}.1": "12.5" for part in range(1, 9)}


@pytest.fixture
def assessment(community, village, open_year) -> Assessment:
    fill_registers(community)
    make_renaming(village, was="银荡老村", on=date(2012, 3, 1))
    make_designation(community=village, campaign_year=open_year, named_on=date(2012, 5, 1))
    make_assessment(community=village, campaign_year=open_year, scores=FULL, state=State.SUBMITTED)
    named = make_community(town=community.town, name="府前社区")
    rechecked(named, open_year, state=State.RECTIFYING, resubmit_by=date(2012, 12, 1))
    inspected(community, open_year)
    made = make_assessment(community=community, campaign_year=open_year, scores={"1.1": "10", "2.1": "12.5"})
    score(made, Stage.DISTRICT, i1_1="4", i2_1="8")
    score(made, Stage.CITY, i1_1="4", i2_1="8.5")
    return made


def inspected(community: Community, open_year: CampaignYear) -> None:
    """A unit of another town that the town's officer checks on site, its documents checked by the bureau."""
    district = community.town.district
    unit = make_community(town=make_town(district=district))
    received = make_assessment(community=unit, campaign_year=open_year, scores=FULL, state=State.RECEIVED)
    make_inspection(
        received, make_person(role=Role.BUREAU_OFFICER, district=district), method="材料审核", finished=True
    )


def pages_of_checkers(person: Appointment) -> list[str]:
    received = Assessment.objects.get(state=State.RECEIVED)
    own = Inspection.objects.filter(inspector=person.user).first() or make_inspection(
        received, person, method="现场检查"
    )
    names = ("inspection", "inspection_check")
    return [
        reverse("assessment:my_inspections"),
        *(reverse(f"assessment:{name}", args=[own.pk]) for name in names),
        reverse("reporting:visit_record", args=[own.pk]),
        reverse("reporting:visit_pack", args=[received.pk]),
    ]


def pages_of_inspections() -> list[str]:
    """What the bureau has beside its own inspections."""
    received, done = Assessment.objects.get(state=State.RECEIVED), Inspection.objects.finished().get()
    open_work = Inspection.objects.filter(finished_at=None).first()
    item = received.standard.items.first()
    return [
        *(reverse(f"assessment:{name}") for name in ("inspection_list", "distribute")),
        reverse("assessment:inspections", args=[received.pk]),
        reverse("assessment:ruling", args=[received.pk, "district", item.pk]),
        reverse("assessment:inspection_resume", args=[done.pk]),
        *([reverse("assessment:inspection_reassign", args=[open_work.pk])] if open_work else []),
    ]


def fill_registers(community: Community) -> None:
    """A line for every kind of report, so that none of their pages is empty."""
    of = {"community": community, "year": 2012}
    facts = {"premises_area_sqm": 1, "registered_households": 1500, "workers": 1, "platform_connected": False}
    YearProfile.objects.create(**of, **facts)
    room = Room.objects.create(**of, name="活动室", functions="党群活动")
    SocialOrganisation.objects.create(**of, name="舞蹈队", kind="culture", status="filed", venue=room)
    DutyRoster.objects.create(**of, slot="noon", hours="11:30至13:30", on_duty="陈书记", is_published=True)
    district = community.town.district
    rates = {"base_wan": 10, "base_households": 1000, "per_household_yuan": 50, "district_percent": 40}
    FundingStandard.objects.create(district=district, year=2012, category=community.category, **rates)
    Policy.objects.create(district=district, title="网格化意见", issuer="区委", level="3", needs_implementation=True)
    SourceFigure.objects.create(district=district, name="持证率", category="urban", value=16, document="动员讲话")


def merger_of(assessment: Assessment) -> str:
    """The page on which the town's communities are merged, with a decision for each of them."""
    units = assessment.community.town.communities.values_list("code", flat=True)
    query = urlencode({"kind": "merger", "town": assessment.community.town_id, "units": list(units)}, doseq=True)
    return f"{reverse('assessment:reorganise')}?{query}"


def pages_to_read(assessment: Assessment) -> list[str]:
    """What everybody at work has."""
    code = assessment.community.code
    return [
        *(reverse(f"reporting:{name}") for name in ("home", "shortfalls", "figures")),
        *(reverse(f"assessment:{name}") for name in ("list", "standards", "campaign", "metrics")),
        *(reverse(f"assessment:{name}") for name in ("titles", "title_documents", "rechecks", "acceptance")),
        reverse("assessment:community_titles", args=[code]),
        *(reverse(f"communities:{name}") for name in ("list", "registers")),
        *(reverse(f"communities:{name}", args=[code]) for name in ("detail", "linkage", "duty_notice")),
        reverse("assessment:community_metrics", args=[code, 2012]),
        reverse("assessment:standard", args=[assessment.standard_id]),
        reverse("reporting:score_sheet", args=[assessment.pk]),
        reverse("reporting:columns", args=[assessment.pk]),
        reverse("assessment:non_applications"),
        *(reverse(f"assessment:{name}", args=[assessment.pk]) for name in ("sheet", "gaps", "history")),
        *(reverse("reporting:shortfall", args=[name]) for name in ("premises", "incomplete", "hollow")),
        f"{reverse('reporting:shortfall', args=['platform'])}?listed=unknown",
        *(register.url for register in REGISTERS.values() if register.slug in {"ledger", "rooms", "policies"}),
        Room.objects.get().get_absolute_url(),
    ]


def pages_to_keep(assessment: Assessment) -> list[str]:
    """What those have who keep a community's registers."""
    code = assessment.community.code
    return [
        reverse("communities:profile", args=[code, 2012]),
        f"{reverse('communities:record_add', args=['workers'])}?community={code}",
        reverse("communities:record_import", args=["workers"]),
    ]


def pages_of_titles(assessment: Assessment) -> list[str]:
    """A recheck of a named unit, with its form, and the document that named it."""
    recheck = Assessment.objects.get(kind=Assessment.Kind.RECHECK)
    names = ("assessment:sheet", "assessment:gaps", "reporting:score_sheet")
    return [
        *(reverse(name, args=[recheck.pk]) for name in names),
        make_document(assessment.campaign_year, Designation.objects.all()).get_absolute_url(),
    ]


def pages_of_the_bureau(assessment: Assessment) -> list[str]:
    return [
        *(reverse(f"communities:{name}") for name in ("import", "funding_approve", "towns", "town_add")),
        *(reverse(f"assessment:{name}") for name in ("standard_import", "decisions", "reorganisations", "reorganise")),
        *(reverse(f"assessment:{name}") for name in ("steps", "title_document_add")),
        *pages_of_titles(assessment),
        reverse("communities:record_add", args=["workers"]),
        reverse("communities:town", args=[assessment.community.town_id]),
        reverse("communities:community_edit", args=[assessment.community.code]),
        reverse("assessment:campaign_year", args=[2012]),
        reverse("assessment:step", args=[assessment.pk, "return"]),
        reverse("assessment:reorganisation", args=[Reorganisation.objects.get().pk]),
        merger_of(assessment),
    ]


def pages_of(person, assessment: Assessment) -> list[str]:
    """The pages each role has."""
    read, kept = pages_to_read(assessment), pages_to_keep(assessment)
    checked = pages_of_checkers(person) if person.role in CHECKERS else []
    in_charge = [reverse(f"reporting:{name}") for name in ("funding", "grid", "services", "policies", *SCORE_PAGES)]
    in_charge.append(f"{reverse('assessment:town_targets')}?propose=1")
    own = [reverse("communities:import"), reverse("assessment:check", args=[assessment.pk])]
    return {
        "bureau_officer": [
            *read,
            *in_charge,
            *kept,
            *checked,
            *pages_of_inspections(),
            *pages_of_the_bureau(assessment),
        ],
        "bureau_leader": [*read, *in_charge],
        "town_officer": [*read, *in_charge, *kept, *checked, *own],
        "community_worker": [*read, *kept],
        "system_administrator": [
            *(reverse(f"communities:{name}") for name in ("people", "person_add", "audit")),
            reverse("communities:person", args=[person.user_id]),
            reverse("accounts:password"),
        ],
    }[person.role]


@pytest.mark.parametrize("role", ["bureau", "leader", "town_officer", "community_worker", "administrator"])
def test_every_page_of_every_role_is_accessible_and_fits_the_screen(request, page_as, faults, role, assessment):
    person = request.getfixturevalue(role)
    audit.record("测试", person, by=person.user)
    page = page_as(person)
    found = []
    for address in pages_of(person, assessment):
        answer = page.goto(address)
        assert answer.status == 200, address
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            found += [f"{address} {width}px {fault}" for fault in faults(page)]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{address} {width}px scrolls sideways")
    assert not found, "\n".join(found)
