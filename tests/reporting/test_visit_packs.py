"""检查包 and 记录单 on paper (F5, F12): what goes along, what was found, pictures inside the document."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from accounts.models import AuditEvent
from assessment.models import Assessment, Evidence, Inspection, InspectionPhoto, InspectionScore, Method, Stage, State
from assessment.sheets import SHEET_RELATIONS
from assessment.views.inspecting import RELATIONS
from communities.models import YearProfile
from reporting.pdf import PICTURE
from reporting.visit_packs import pack_html, pack_pdf, record_html, record_pdf, visit_pack, visit_record
from tests.factories import make_assessment, make_file
from tests.inspection_rows import make_inspection
from tests.reporting.test_score_sheet_files import fonts_of, pdf_text, squeezed
from tests.tiny_files import JPEG

pytestmark = pytest.mark.django_db


@pytest.fixture
def received(community, open_year):
    YearProfile.objects.create(community=community, year=2012, premises_area_sqm=420)
    assessment = make_assessment(
        community=community, campaign_year=open_year, scores={"1.1": "11"}, state=State.RECEIVED
    )
    file = make_file(owner=community, file=ContentFile(JPEG, name="a.jpg"), name="公示栏.jpg")
    Evidence.objects.create(assessment=assessment, item=assessment.standard.items.first(), file=file)
    return Assessment.objects.select_related(*SHEET_RELATIONS).get(pk=assessment.pk)


@pytest.fixture
def done(received, other_town_officer) -> Inspection:
    work = make_inspection(received, other_town_officer, method=Method.DOCUMENTS, finished=True)
    item = received.standard.items.first()
    InspectionScore.objects.filter(inspection=work, item=item).update(points=9, reason="缺第三季度<公开>")
    file = make_file(owner=received.community, file=ContentFile(JPEG, name="b.jpg"), name="现场.jpg")
    InspectionPhoto.objects.create(inspection=work, item=item, file=file)
    return Inspection.objects.select_related(*RELATIONS).get(pk=work.pk)


def test_the_pack_holds_facts_self_scores_evidence_and_room(received):
    html = pack_html(visit_pack(received, Stage.DISTRICT, Method.DOCUMENTS))
    for words in (
        "湖塘镇聚湖社区",
        "用房面积",
        "420",
        "公示栏.jpg",
        "自评说明：测试原因",
        "检查人员（签字）：",
        PICTURE,
    ):
        assert words in html
    text = squeezed(pdf_text(pack_pdf(visit_pack(received, Stage.DISTRICT, Method.DOCUMENTS))))
    for words in ("2012年度区预查材料审核单", "1.1", "共", "测试考评标准第1版"):
        assert words in text


def test_the_record_tells_what_was_found_in_chinese_fonts(done):
    record = visit_record(done)
    assert "缺第三季度&lt;公开&gt;" in record_html(record)
    text = squeezed(pdf_text(record_pdf(record)))
    for words in ("2012年度区预查材料审核记录单", "缺第三季度<公开>", "96.5", "某人"):
        assert words in text
    assert not any(font.missing for font in fonts_of(record_html(record)))


def test_a_picture_that_is_gone_from_the_disk_leaves_the_rest(received):
    Evidence.objects.get().file.file.delete(save=False)
    html = pack_html(visit_pack(received, Stage.DISTRICT, Method.DOCUMENTS))
    assert PICTURE not in html
    assert "公示栏.jpg" in html


def test_taking_a_pack_along_is_recorded_and_the_method_can_be_chosen(received, bureau, sign_in):
    client = sign_in(bureau)
    answer = client.get(reverse("reporting:visit_pack_pdf", args=[received.pk]) + "?stage=province&method=座谈走访")
    assert answer["Content-Type"] == "application/pdf"
    assert (
        "满意度：访问"
        in client.get(
            reverse("reporting:visit_pack", args=[received.pk]) + "?stage=province&method=座谈走访"
        ).content.decode()
    )
    event = AuditEvent.objects.about(received).get(action="导出")
    assert event.after["文件"] == "2012年度省考评座谈走访单"
    assert client.get(reverse("reporting:visit_pack", args=[received.pk]) + "?stage=x&method=y").status_code == 200
