"""整改 and those beside the unit: a checker of another town rechecks, a town prints its own list (R47, R69, R73)."""

import pytest
from django.urls import reverse
from django.utils import timezone

from assessment.models import Inspection, Method, Rectification
from assessment.rectifying.settling import may_recheck, report
from tests.assessment.rectified import make_rectification
from tests.assessment.steps import DURING
from tests.factories import make_assessment
from tests.inspection_rows import make_inspection
from tests.reporting.test_score_sheet_files import pdf_text
from tests.tiny_files import JPEG, upload_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessment(community, open_year):
    return make_assessment(community=community, campaign_year=open_year)


@pytest.fixture
def ordered(assessment, bureau) -> Rectification:
    now = timezone.now()
    item = assessment.standard.items.first()
    return make_rectification(assessment, item, by=bureau, now=now, due_on=timezone.localdate(now))


def text_of(response) -> str:
    return response.content.decode()


def url(name: str, rectification: Rectification, *more: int) -> str:
    return reverse(f"assessment:{name}", args=[rectification.pk, *more])


# --- 交叉检查 ------------------------------------------------------------------------------------------------------
@pytest.fixture
def checked(ordered, other_town_officer) -> Inspection:
    """The unit was given to an officer of another town."""
    return make_inspection(ordered.assessment, other_town_officer, method=Method.SITE, finished=True, scored=False)


def fed_back(ordered: Rectification, by) -> Rectification:
    report(ordered, "已补齐", by=by, now=DURING, revision=1, after=[upload_of(JPEG)])
    ordered.refresh_from_db()
    return ordered


def test_whoever_checked_a_unit_rechecks_what_it_mended(
    ordered, checked, community_worker, other_town_officer, sign_in
):
    """R73: an officer of another town, through the own inspection and nothing else."""
    client = sign_in(other_town_officer)
    assert ordered.get_absolute_url() in text_of(client.get(reverse("assessment:inspection", args=[checked.pk])))
    fed_back(ordered, community_worker)
    page = text_of(client.get(ordered.get_absolute_url()))
    assert reverse("assessment:rectification_recheck", args=[ordered.pk]) in page
    assert client.get(url("rectification_photo", ordered, ordered.photos.get().pk)).status_code == 200
    posted = {"passed": "1", "verdict": "属实", "revision": "2"}
    assert client.post(url("rectification_recheck", ordered), posted).status_code == 302
    ordered.refresh_from_db()
    assert (ordered.progress, ordered.rechecked_by) == ("closed", other_town_officer.user)


def test_a_checker_of_another_town_gets_nothing_but_the_recheck(
    ordered, checked, community_worker, other_town_officer, sign_in
):
    fed_back(ordered, community_worker)
    client, photo = sign_in(other_town_officer), ordered.photos.get()
    page = text_of(client.get(ordered.get_absolute_url()))
    for name in ("rectification_report", "rectification_amend"):
        assert url(name, ordered) not in page
        assert client.post(url(name, ordered), {"measure": "x", "revision": "2"}).status_code == 404
    assert client.post(url("rectification_photo_remove", ordered, photo.pk)).status_code == 404
    assert ordered.assessment.get_absolute_url() not in page
    assert ordered.problem not in text_of(client.get(reverse("assessment:rectification_list")))


def test_without_an_inspection_another_town_sees_nothing_and_the_own_town_rechecks_no_order_of_the_bureau(
    ordered, community_worker, town_officer, other_town_officer, sign_in
):
    fed_back(ordered, community_worker)
    assert sign_in(other_town_officer).get(ordered.get_absolute_url()).status_code == 404
    posted = {"passed": "1", "revision": "2"}
    assert sign_in(other_town_officer).post(url("rectification_recheck", ordered), posted).status_code == 404
    assert sign_in(town_officer).post(url("rectification_recheck", ordered), posted).status_code == 403


def test_a_checker_who_moves_into_the_units_town_rechecks_no_more(
    ordered, checked, town, community_worker, other_town_officer
):
    fed_back(ordered, community_worker)
    assert may_recheck(ordered, other_town_officer)
    other_town_officer.town = town
    other_town_officer.save()
    assert not may_recheck(ordered, other_town_officer)


# --- 整改清单 ------------------------------------------------------------------------------------------------------
def test_what_a_town_mends_without_a_notice_is_printed_as_a_list(ordered, assessment, town_officer, sign_in):
    own = make_rectification(
        assessment, assessment.standard.items.last(), by=town_officer, number="", problem="绿化缺株"
    )
    client, address = sign_in(town_officer), reverse("reporting:rectification_worklist", args=[assessment.pk])
    assert address in text_of(client.get(reverse("assessment:rectifications", args=[assessment.pk])))
    page = text_of(client.get(address))
    assert "整改清单（湖塘镇聚湖社区2012年度）" in page
    assert own.problem in page
    assert ordered.problem not in page
    pdf = client.get(reverse("reporting:rectification_worklist_pdf", args=[assessment.pk]))
    assert own.problem in pdf_text(pdf.content)


def test_without_such_faults_no_list_is_offered(ordered, bureau, sign_in):
    page = text_of(sign_in(bureau).get(reverse("assessment:rectifications", args=[ordered.assessment_id])))
    assert "打印整改清单" not in page
