"""现场照片 (F5): on its item, once, and nothing but pictures."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from assessment.evidence import add_evidence
from assessment.inspecting.photos import add_photo
from assessment.models import Inspection, InspectionPhoto, Method, Stage, State
from assessment.rectifying.ordering import Fault, order
from communities.models import StoredFile
from tests.assessment.steps import DURING
from tests.factories import make_assessment
from tests.inspection_rows import make_inspection
from tests.tiny_files import JPEG, PDF, upload_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def received(community, open_year):
    return make_assessment(community=community, campaign_year=open_year, state=State.RECEIVED)


@pytest.fixture
def items(received):
    return list(received.standard.items.all())


@pytest.fixture
def fresh(received, other_town_officer):
    return make_inspection(received, other_town_officer, method=Method.DOCUMENTS, scored=False)


@pytest.fixture
def client(other_town_officer, sign_in):
    return sign_in(other_town_officer)


def test_a_photograph_sent_twice_lands_once_on_its_item(fresh, items, client):
    url = reverse("assessment:inspection_photo_add", args=[fresh.pk, items[1].pk])
    for _ in range(2):
        sent = {"photos": SimpleUploadedFile("现场.jpg", JPEG), "key": "a" * 32}
        assert client.post(url, sent, headers={"HX-Request": "true"}).status_code == 200
    photo = InspectionPhoto.objects.get()
    assert (photo.item, photo.key) == (items[1], "a" * 32)
    small = client.get(reverse("assessment:inspection_photo", args=[photo.pk]) + "?small")
    assert small.content.startswith(b"\xff\xd8")


def test_only_a_picture_is_a_photograph(fresh, items, client):
    url = reverse("assessment:inspection_photo_add", args=[fresh.pk, items[1].pk])
    sent = {"photos": SimpleUploadedFile("现场.jpg", PDF), "key": "b"}
    answer = client.post(url, sent, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "现场照片只能是jpg、png图片" in answer.content.decode()
    assert not InspectionPhoto.objects.exists()


@pytest.fixture
def photo(fresh, items, other_town_officer):
    return add_photo(fresh, items[1], upload_of(JPEG, "现场.jpg"), key="k1", by=other_town_officer)


@pytest.fixture
def others(bureau, leader, town_officer, community_worker, city_inspector):
    return [bureau, leader, town_officer, community_worker, city_inspector]


def addresses(photo: InspectionPhoto) -> list[str]:
    return [reverse("assessment:inspection_photo", args=[photo.pk]), reverse("communities:file", args=[photo.file_id])]


def test_nobody_sees_the_photograph_of_an_unfinished_inspection_but_its_checker(photo, client, others, sign_in):
    """No way around the inspection's own page: the file of it is no file of the community (R73)."""
    own, as_file = addresses(photo)
    assert [client.get(address).status_code for address in (own, as_file)] == [200, 404]
    for person in others:
        assert [sign_in(person).get(address).status_code for address in (own, as_file)] == [404, 404], person


def test_once_the_inspection_is_finished_its_photograph_is_seen_on_its_page_alone(photo, others, sign_in):
    Inspection.objects.update(finished_at=DURING)
    own, as_file = addresses(photo)
    for person in others:
        assert [sign_in(person).get(address).status_code for address in (own, as_file)] == [200, 404], person


def test_a_photograph_and_evidence_of_the_same_content_keep_their_own_readers(
    photo, community, campaign, town_officer, sign_in
):
    draft = make_assessment(
        community=community, campaign_year=campaign.years.get(year=2013), standard=photo.item.standard
    )
    evidence = add_evidence(assessment=draft, item=photo.item, upload=upload_of(JPEG, "佐证.jpg"), by=town_officer)
    assert sorted(StoredFile.objects.values_list("restricted", flat=True)) == [False, True]
    shown = reverse("communities:file", args=[evidence.file_id])
    assert sign_in(town_officer).get(shown).status_code == 200


def ordered(photo: InspectionPhoto, by):
    fault = Fault(item=photo.item, category="records", problem="台账不全", requirement="补齐", owner="陈书记")
    day = DURING.date()
    (made,) = order(
        assessment=photo.inspection.assessment,
        stage=Stage.DISTRICT,
        rows=[fault],
        due_on=day,
        number="1号",
        by=by,
        now=DURING,
    )
    return made


def test_what_was_photographed_is_shown_to_the_unit_beside_the_fault(photo, bureau, community_worker, sign_in):
    Inspection.objects.update(finished_at=DURING)
    made = ordered(photo, bureau)
    before = reverse("assessment:rectification_photo", args=[made.pk, made.photos.get().pk])
    client = sign_in(community_worker)
    assert before in client.get(made.get_absolute_url()).content.decode()
    assert client.get(before).status_code == 200


def test_the_photograph_of_an_unfinished_inspection_is_put_beside_no_fault(photo, bureau):
    assert not ordered(photo, bureau).photos.exists()


def test_a_key_counts_once_in_an_inspection_whatever_the_item(photo, items, other_town_officer):
    again = add_photo(photo.inspection, items[2], upload_of(JPEG), key="k1", by=other_town_officer)
    assert again == photo
    with pytest.raises(IntegrityError), transaction.atomic():
        InspectionPhoto.objects.create(inspection=photo.inspection, item=items[2], file=photo.file, key="k1")
    for item in items[2:4]:
        add_photo(photo.inspection, item, upload_of(JPEG), key="", by=other_town_officer)
    assert InspectionPhoto.objects.count() == 3
