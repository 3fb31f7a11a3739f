"""佐证材料 (R69): put forward, kept once, served to those who may see it, gone without a trace when it fails (2, 27).

What is taken at all and how it is kept: tests/communities/test_files.py and test_file_kinds.py.
"""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts import audit
from accounts.models import AuditEvent
from assessment.evidence import add_evidence, remove_evidence
from assessment.models import Assessment, Evidence, State
from assessment.workflow import Refused
from communities.models import StoredFile
from tests.factories import make_assessment, make_community
from tests.tiny_files import HTML, JPEG, PDF, files_on_disk, picture, upload_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(town_officer, sign_in) -> Client:
    return sign_in(town_officer)


@pytest.fixture
def evidence(assessment, item, town_officer) -> Evidence:
    return add_evidence(assessment=assessment, item=item, upload=upload_of(JPEG), by=town_officer)


def fetch(client: Client, evidence: Evidence) -> HttpResponse:
    return client.get(reverse("assessment:evidence", args=[evidence.pk]))


# --- on the page ---------------------------------------------------------------------------------------------------


def test_a_file_put_forward_stands_on_the_page_and_opens(post, client):
    assert "会议记录.pdf" in post(upload_of(PDF, "会议记录.pdf")).content.decode()
    response = fetch(client, Evidence.objects.get())
    assert response.getvalue() == PDF
    assert response["Content-Disposition"].startswith("attachment")


def test_an_unfit_file_is_refused_with_what_to_do_and_leaves_nothing(post):
    assert "照片.jpg：无法识别的文件内容" in post(upload_of(HTML)).content.decode()
    assert StoredFile.objects.count() == Evidence.objects.count() == 0
    assert files_on_disk() == []


def test_of_several_files_the_fit_ones_are_taken(post):
    page = post(upload_of(JPEG, "好.jpg"), upload_of(HTML, "坏.jpg"), upload_of(PDF, "好.pdf")).content.decode()
    assert [file.name for file in StoredFile.objects.order_by("id")] == ["好.jpg", "好.pdf"]
    assert page.count("field-error") == 1
    assert "坏.jpg：无法识别的文件内容" in page


def test_no_file_chosen_says_so(post, assessment, item, client):
    assert "请先选择要上传的文件。" in post().content.decode()
    url = reverse("assessment:evidence_upload", args=[assessment.pk, item.pk])
    other_field = client.post(url, {"photo": upload_of(JPEG)}, follow=True)
    assert "请先选择要上传的文件。" in other_field.content.decode()


def test_an_item_takes_no_more_than_its_limit(post, settings, assessment):
    settings.EVIDENCE_MAX_FILES_PER_ITEM = 2
    for colour in ("red", "green", "blue"):
        page = post(upload_of(picture(colour=colour))).content.decode()
    assert "每个条目最多2个文件，请先移除不需要的。" in page
    assert assessment.evidence.count() == 2
    assert len(files_on_disk()) == 2


# --- kept once (27) ------------------------------------------------------------------------------------------------


def test_the_same_content_is_kept_once_and_linked_where_it_serves(assessment, item, town_officer, evidence):
    again = add_evidence(assessment=assessment, item=item, upload=upload_of(JPEG, "换个名.jpg"), by=town_officer)
    other = assessment.standard.items.get(code="2.1")
    elsewhere = add_evidence(assessment=assessment, item=other, upload=upload_of(JPEG), by=town_officer)
    assert again == evidence
    assert elsewhere.file == evidence.file
    assert (StoredFile.objects.count(), Evidence.objects.count(), len(files_on_disk())) == (1, 2, 1)
    assert AuditEvent.objects.filter(action="上传佐证材料").count() == 2


def test_another_community_keeps_its_own_copy(evidence, other_town, open_year, other_town_officer):
    """Whether somebody else already has a file is nobody's business."""
    theirs = make_assessment(community=make_community(town=other_town), campaign_year=open_year)
    item = theirs.standard.items.first()
    add_evidence(assessment=theirs, item=item, upload=upload_of(JPEG), by=other_town_officer)
    assert StoredFile.objects.count() == len(files_on_disk()) == 2


# --- served (2, 19, 20) --------------------------------------------------------------------------------------------


def test_a_picture_opens_in_the_browser_as_a_picture_and_nothing_else(post, client):
    """A JPEG that is also HTML is sent as image/jpeg, not to be sniffed, in a sandbox without scripts."""
    post(upload_of(JPEG + HTML))
    response = fetch(client, Evidence.objects.get())
    assert response.getvalue() == JPEG + HTML
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Content-Disposition"].startswith("inline")
    assert "no-store" in response["Cache-Control"]


def test_evidence_of_another_town_is_not_found_by_its_address(evidence, sign_in, other_town_officer, foreign_bureau):
    for stranger in (other_town_officer, foreign_bureau):
        assert fetch(sign_in(stranger), evidence).status_code == 404
    assert fetch(Client(), evidence).status_code == 302


def test_who_looked_at_a_file_is_recorded(evidence, sign_in, leader):
    fetch(sign_in(leader), evidence)
    event = AuditEvent.objects.get(action="查看佐证材料")
    assert (event.user, event.after) == (leader.user, {"文件": "照片.jpg"})


# --- all or nothing ------------------------------------------------------------------------------------------------


def test_a_file_is_never_left_without_its_row(assessment, item, town_officer, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("the trail cannot be written")

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError):
        add_evidence(assessment=assessment, item=item, upload=upload_of(JPEG), by=town_officer)
    assert StoredFile.objects.count() == Evidence.objects.count() == 0
    assert files_on_disk() == []


def test_a_failed_second_link_leaves_the_first_ones_file(evidence, assessment, town_officer, monkeypatch):
    other = assessment.standard.items.get(code="2.1")
    Assessment.objects.filter(pk=assessment.pk).update(state=State.SUBMITTED)
    with pytest.raises(Refused):
        add_evidence(assessment=assessment, item=other, upload=upload_of(JPEG), by=town_officer)
    assert evidence.file.file.read() == JPEG


def test_a_filed_sheet_takes_and_gives_back_nothing(post, evidence, assessment, client, town_officer):
    Assessment.objects.filter(pk=assessment.pk).update(state=State.SUBMITTED)
    assert "不能再修改" in post(upload_of(PDF, "后补.pdf")).content.decode()
    url = reverse("assessment:evidence_remove", args=[assessment.pk, evidence.pk])
    assert "不能再修改" in client.post(url, follow=True).content.decode()
    with pytest.raises(Refused):
        remove_evidence(evidence, by=town_officer)
    assert list(assessment.evidence.all()) == [evidence]
    assert len(files_on_disk()) == 1


# --- taken back ----------------------------------------------------------------------------------------------------


def test_removing_takes_the_link_and_keeps_the_file(evidence, assessment, client, town_officer):
    """Another item or another year may use it."""
    url = reverse("assessment:evidence_remove", args=[assessment.pk, evidence.pk])
    page = client.post(url, headers={"HX-Request": "true"}).content.decode()
    assert "照片.jpg" not in page
    assert (Evidence.objects.count(), StoredFile.objects.count(), len(files_on_disk())) == (0, 1, 1)
    event = AuditEvent.objects.get(action="移除佐证材料")
    assert (event.user, event.before) == (town_officer.user, {"1.1": "照片.jpg"})


def test_evidence_of_another_assessment_is_not_removed_through_ones_own(evidence, town, open_year, client):
    own = make_assessment(community=make_community(town=town), campaign_year=open_year)
    url = reverse("assessment:evidence_remove", args=[own.pk, evidence.pk])
    assert client.post(url).status_code == 404
    assert Evidence.objects.count() == 1


def test_evidence_is_not_added_to_an_item_of_another_standard(client, assessment, village, open_year):
    foreign = make_assessment(community=village, campaign_year=open_year).standard.items.first()
    url = reverse("assessment:evidence_upload", args=[assessment.pk, foreign.pk])
    assert client.post(url, {"files": upload_of(JPEG)}).status_code == 404
    assert files_on_disk() == []


# --- with and without JavaScript -----------------------------------------------------------------------------------


def test_htmx_gets_the_file_list_of_the_item_alone(post, item):
    page = post(upload_of(JPEG)).content.decode()
    assert page.startswith(f'<div class="files" id="files-{item.pk}">')
    assert "<html" not in page


def test_a_plain_form_comes_back_to_the_items_row(post, assessment):
    answer = post(upload_of(JPEG), upload_of(HTML, "坏.jpg"), htmx=False)
    assert (answer.status_code, answer.url) == (302, f"{assessment.get_absolute_url()}#item-1.1")
    page = answer.client.get(assessment.get_absolute_url()).content.decode()
    assert "坏.jpg：无法识别的文件内容" in page
    assert "照片.jpg</a>" in page
