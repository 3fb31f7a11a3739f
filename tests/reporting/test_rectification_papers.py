"""整改通知单, 整改反馈单 and 培训需求 (R29, R47; F7, F8): what the papers say, in one's own scope only."""

from base64 import b64decode
from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from PIL import Image
from pypdf import PdfReader

from accounts.models import AuditEvent
from assessment.models import Inspection, RectificationNotice, RectificationPhoto, Stage
from assessment.rectifying.settling import recheck, report, sign_for
from communities.models import StoredFile
from reporting.pdf import PICTURE
from reporting.pictures import WIDTH, picture_source
from reporting.rectifications import FEEDBACK, NOTICE, RELATIONS, address, paper, paper_pdf
from reporting.training import SHARED_BY, WAYS, way
from tests.assessment.ready import inspect
from tests.assessment.rectified import NUMBER, make_rectification
from tests.assessment.scored import FULL
from tests.assessment.steps import DURING
from tests.factories import make_assessment, make_community
from tests.reporting.test_score_sheet_files import pdf_text, squeezed
from tests.tiny_files import picture, upload_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice(community, open_year, bureau, community_worker) -> RectificationNotice:
    """One fault, found on 5 November, reported with photographs, closed."""
    assessment = make_assessment(community=community, campaign_year=open_year, scores=FULL)
    inspect(assessment, Stage.DISTRICT, by=bureau, lost={"1.1": 2})
    item = assessment.standard.items.first()
    fault = make_rectification(assessment, item, by=bureau, stage=Stage.DISTRICT, problem="㐂台账缺第三季度")
    sign_for(fault.notice, "陈书记", by=community_worker, now=DURING)
    after = [upload_of(picture(size=(1600, 900)), "后一.jpg"), upload_of(picture("PNG"), "后二.png")]
    after += [upload_of(picture(colour="blue"), "后三.jpg"), upload_of(b"%PDF-1.4", "走访记录.pdf")]
    before = [upload_of(picture(colour="green"), "前.jpg")]
    report(fault, "补齐46户走访", by=community_worker, now=DURING, revision=1, before=before, after=after)
    fault.refresh_from_db()
    recheck(fault, passed=True, verdict="抽查属实", by=bureau, now=DURING, revision=2)
    return RectificationNotice.objects.select_related(*RELATIONS).get()


def test_the_notice_says_all_that_its_form_asks_for(notice):
    """F7: 编号、单位、检查日期、存在问题（条目号）、整改要求、整改时限、责任人、签收."""
    printed, content = paper_pdf(notice, NOTICE)
    text = squeezed(pdf_text(content))
    for said in (
        *(NUMBER, "湖塘镇聚湖社区：", "2012年11月5日区预查", "下列1项问题", "1.1", "㐂台账缺第三季度", "补齐台账"),
        *("逐项整改到位", "2012年11月20日", "陈书记", "武进区社区建设领导小组办公室（盖章）", "2012年11月1日"),
        *("签收人：陈书记", "第1页共1页", f"校验码{printed.digest}", "测试考评标准第1版"),
    ):
        assert said in text, said


def test_the_feedback_says_measure_date_checker_and_end_of_each_fault(notice):
    """F8: per problem: measure, before and after photo, date; re-checker, 销号."""
    content = paper_pdf(notice, FEEDBACK)[1]
    text = squeezed(pdf_text(content))
    for said in (
        *("整改反馈单（复查记录）", NUMBER, "补齐46户走访", "反馈：聚湖陈书记2012年11月1日", "抽查属实"),
        *("复查：区办王主任2012年11月1日", "已销号", "反馈单位（盖章）", "另有：后三.jpg、走访记录.pdf"),
    ):
        assert said in text, said
    pages = PdfReader(BytesIO(content)).pages
    assert sum(len(page.images) for page in pages) == 3  # one before, two after


def test_preview_and_pdf_say_the_same(notice, bureau, sign_in):
    for form in (NOTICE, FEEDBACK):
        page = sign_in(bureau).get(f"/rectification-notices/{notice.pk}/{form.path}/").content.decode()
        response = sign_in(bureau).get(f"/rectification-notices/{notice.pk}/{form.path}.pdf")
        digest = paper(notice, form, address).digest
        assert digest in page
        assert digest in pdf_text(response.content)
        assert "data:" not in page
        assert AuditEvent.objects.filter(action="导出").latest("pk").after["校验码"] == digest


def test_the_digest_changes_with_what_is_said(notice):
    first = paper(notice, NOTICE, address).digest
    notice.rectifications.update(problem="别的问题")
    assert paper(notice, NOTICE, address).digest != first


def test_what_a_person_typed_opens_nothing(notice):
    """Hostile cases 30 and 31."""
    hostile = '<img src="file:///etc/passwd"><script>alert(1)</script>'
    notice.rectifications.update(problem=hostile, measure=hostile)
    assert hostile in pdf_text(paper_pdf(notice, FEEDBACK)[1], "-raw").replace("\n", "")


def test_a_large_photograph_is_made_small(notice):
    found = StoredFile.objects.get(name="后一.jpg")
    source = picture_source(found)
    assert source.startswith(PICTURE)
    with Image.open(BytesIO(b64decode(source.removeprefix(PICTURE)))) as small:
        assert small.size == (WIDTH, WIDTH * 900 // 1600)


def test_a_photograph_that_cannot_be_read_is_named(notice):
    lost = StoredFile.objects.get(name="后一.jpg")
    lost.file.storage.delete(lost.file.name)
    assert picture_source(lost) == ""
    assert "后一.jpg" in pdf_text(paper_pdf(notice, FEEDBACK)[1])


def test_a_paper_takes_as_many_queries_for_three_faults_as_for_one(notice, bureau):
    counts = []
    assessment = notice.assessment
    for more in (0, 2):
        for item in assessment.standard.items.all()[1 : 1 + more]:
            fault = make_rectification(assessment, item, by=bureau, number=f"{item.code}号")
            type(fault).objects.filter(pk=fault.pk).update(notice=notice)
            file = StoredFile.objects.filter(name="前.jpg").get()
            RectificationPhoto.objects.create(rectification=fault, moment="before", file=file)
        with CaptureQueriesContext(connection) as captured:
            paper(notice, FEEDBACK, address)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert Inspection.objects.filter(inspected_on=date(2012, 11, 5)).exists()


# --- 培训需求 ------------------------------------------------------------------------------------------------------
@pytest.fixture
def lost(town, other_town, open_year, notice):
    """Item 1.1 lost by three units, 2.1 by one; the notice's own unit lost nothing in its 自评."""
    standard = notice.assessment.standard
    for number, scores in enumerate([{"1.1": "10.5"}, {"1.1": "11.5", "2.1": "0"}, {"1.1": "12"}]):
        community = make_community(town=other_town if number else town, name=f"单位{number}社区")
        make_assessment(community=community, campaign_year=open_year, standard=standard, scores={**FULL, **scores})
    return standard.items.first()


def cells(page: str) -> str:
    return squeezed(page).replace("</td>", "|").replace("<td>", "").replace('<tdclass="number">', "")


def test_items_that_many_lost_ask_for_training(lost, bureau, sign_in):
    page = sign_in(bureau).get("/training/").content.decode()
    assert ">3</a>|3.5|9.3%|" in cells(page)
    assert page.index("1.1") < page.index("2.1")
    rows = list(load_workbook(BytesIO(sign_in(bureau).get("/training.xlsx").getvalue())).active.iter_rows(min_row=2))
    assert [[cell.value for cell in row][5:7] for row in rows[:2]] == [[3, 3.5], [1, 12.5]]


def test_a_town_sees_its_own_need_and_the_units_behind_a_number(lost, town_officer, other_town_officer, sign_in):
    page = sign_in(town_officer).get("/training/").content.decode()
    assert ">1</a>|2|16.0%|" in cells(page)
    behind = sign_in(other_town_officer).get(f"/training/?item={lost.pk}").content.decode()
    assert "单位1社区" in behind
    assert "单位0社区" not in behind


@pytest.mark.parametrize("query", ["?item=9999999999999", "?item=x", "?stage=x", "?stage=district", "?town=x"])
def test_an_odd_address_is_no_error(query, lost, bureau, sign_in):
    assert sign_in(bureau).get(f"/training/{query}").status_code == 200


def test_training_is_suggested_only_where_it_is_shared():
    assert way(2, "用房内设有五类功能", SHARED_BY - 1) == ""
    assert way(2, "用房内设有五类功能", SHARED_BY).startswith("外出参观")
    assert way(1, "持有证书的人数比例", SHARED_BY).startswith("集中轮训")
    assert way(4, "走访台账", SHARED_BY).startswith("以会代训")
    assert all(kind in WAYS for kind in type(next(iter(WAYS))))
