"""现场照片 (F5): on its item, once, and nothing but pictures."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessment.models import InspectionPhoto, Method, State
from tests.factories import make_assessment
from tests.inspection_rows import make_inspection
from tests.tiny_files import JPEG, PDF

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
