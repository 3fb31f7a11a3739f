"""征求部门意见 and 创建名单 in a real browser: by keyboard on a phone, accessible at every width."""

import pytest
from django.urls import reverse

from assessment.models import Assessment, Opinion
from tests.assessment.listed import asked_and_listed
from tests.factories import make_assessment

pytestmark = pytest.mark.browser


@pytest.fixture
def assessment(community, open_year) -> Assessment:
    return make_assessment(community=community, campaign_year=open_year)


@pytest.fixture
def made(assessment, department, bureau) -> dict[str, int]:
    return asked_and_listed(assessment, assessment.standard.items.first(), department=department, by=bureau)


def pages_of(role: str, made: dict[str, int], assessment: Assessment) -> list[str]:
    round_, department, listed = made["consultation"], made["department"], made["candidate_list"]
    shared = [
        reverse("assessment:department_units", args=[round_, department]),
        reverse("assessment:opinion", args=[made["opinion"]]),
        reverse("reporting:consultation_letter", args=[round_]),
        reverse("reporting:consultation_reply", args=[round_, department]),
    ]
    if role == "liaison":
        return [reverse("assessment:my_consultations"), *shared]
    return [
        *shared,
        *(reverse(f"communities:{name}") for name in ("departments", "department_add")),
        *(reverse(f"assessment:{name}") for name in ("consultations", "consultation_new", "candidate_lists")),
        *(reverse(f"assessment:{name}", args=[round_]) for name in ("consultation", "opinions")),
        reverse("assessment:unit_opinions", args=[assessment.pk]),
        reverse("assessment:opinion_settle", args=[made["remark"]]),
        *(
            reverse(f"assessment:{name}", args=[listed])
            for name in ("candidate_list", "candidate_list_revise", "objection_add")
        ),
        reverse("assessment:objection_settle", args=[made["objection"]]),
        *(
            reverse(f"reporting:{name}", args=[listed])
            for name in ("candidate_list_print", "public_notice", "district_request")
        ),
        *(reverse(f"reporting:{name}", args=[assessment.pk]) for name in ("application_form", "self_report")),
        *(reverse(f"reporting:{name}") for name in ("province_request", "application_summary")),
    ]


@pytest.mark.parametrize("role", ["bureau", "liaison"])
def test_pages_are_accessible_and_fit_the_screen(*, role, request, page_as, faults, made, assessment):
    page = page_as(request.getfixturevalue(role))
    found = []
    for address in pages_of(role, made, assessment):
        assert page.goto(address).status == 200, address
        for width in (360, 768, 1366):
            page.set_viewport_size({"width": width, "height": 800})
            found += [f"{address} {width}px {fault}" for fault in faults(page)]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{address} {width}px scrolls sideways")
    assert not found, "\n".join(found)


def test_a_liaison_answers_by_keyboard_on_a_phone(page_as, liaison, made):
    page = page_as(liaison)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(reverse("assessment:opinion", args=[made["opinion"]]))
    page.get_by_label("同意", exact=True).first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("台账不全")
    page.get_by_role("button", name="保存", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_text("意见已保存").wait_for()
    opinion = Opinion.objects.get(pk=made["opinion"])
    assert (opinion.answer, opinion.text) == (Opinion.Answer.REMARK, "台账不全")
