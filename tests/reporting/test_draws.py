"""What leaves the system of a draw, and the inspectors' home: every figure, safe text, one's own scope (F10)."""

import csv
import io
import json
from datetime import date

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import AuditEvent
from assessment.models import FrameUnit, SamplingDraw, Stage, State
from assessment.sampling.drawing import plan_visits, replace
from communities.models import Category
from reporting.draw_minutes import minutes_html, printed_minutes
from tests.assessment.ready import inspect
from tests.reporting.test_score_sheet_files import HOSTILE, fonts_of, pdf_text, squeezed
from tests.sampling import DAY, make_applicants, make_draw, make_frame, make_named

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(campaign):
    return campaign.years.get(year=2012)


@pytest.fixture
def drawn(town, other_town, year, bureau) -> SamplingDraw:
    """The province's draw, with a replacement and a plan."""
    for place in (town, other_town):
        make_applicants(5, town=place, year=year, state=State.CITY_PASSED)
        make_named(4, town=place, year=year, category=Category.RURAL)
    made = make_draw(year=year, by=bureau, stage=Stage.PROVINCE)
    out = FrameUnit.objects.filter(draw=made, drawn=True).first()
    replace(draw=made, removed=out, reason="洪水冲毁道路", by=bureau, now=DAY)
    unit = FrameUnit.objects.filter(draw=made, drawn=True).last()
    days = {unit.pk: date(2012, 11, 21)}
    plan_visits(draw=made, group="组长：郑处长\n11月21日到达", days=days, revision=made.revision, by=bureau)
    return SamplingDraw.objects.get(pk=made.pk)


def get(client, name: str, draw: SamplingDraw):
    return client.get(reverse(f"reporting:{name}", args=[draw.pk]))


def figures_of(draw: SamplingDraw) -> list[str]:
    """Everything that F10 asks for."""
    swap = draw.replacements.get()
    units = [
        text
        for unit in FrameUnit.objects.filter(draw=draw, drawn=True)
        for text in (unit.name, unit.code, unit.town_name, unit.order_key[:12], unit.get_standing_display())
    ]
    return [
        *("30%", "18个", "6个", draw.frame_digest, draw.seed, "2012年11月18日09:00", draw.place, draw.host),
        *("区办王主任", "王律师、陈记者", "洪水冲毁道路", swap.removed.code, swap.added.code, "顺延"),
        *("2012年11月21日", "组长：郑处长", "11月21日到达", "城镇社区", "农村社区（村）", "新创建", "已命名"),
        *("主持人：", "抽样人：", "见证人：", "盖章", "verify_draw 2012 province", *units),
    ]


def test_the_minutes_hold_every_figure_on_page_and_paper(drawn, bureau, sign_in):
    client = sign_in(bureau)
    page = squeezed(get(client, "draw_minutes", drawn).content.decode())
    document = get(client, "draw_minutes_pdf", drawn)
    assert document["Content-Type"] == "application/pdf"
    paper = squeezed(pdf_text(document.content, "-raw"))
    for figure in figures_of(drawn):
        assert squeezed(figure) in page, figure
        assert squeezed(figure) in paper, figure
    assert "第1页" in paper
    assert f"抽样框摘要{drawn.frame_digest[:16]}" in paper


def test_the_minutes_count_each_stratum(drawn):
    minutes = printed_minutes(drawn)["minutes"]
    strata = minutes.strata
    assert [column.label for column in strata.columns] == [
        "镇（开发区、街道）",
        *("城镇新创建总体", "城镇新创建抽中", "农村已命名总体", "农村已命名抽中", "合计总体", "合计抽中"),
    ]
    rows = [[cell.value for cell in row] for row in (*strata.rows, strata.foot)]
    assert [row[0] for row in rows] == ["湖塘镇", "牛塘镇", "合计"]
    assert [[row[1], row[3], row[5]] for row in rows] == [[5, 4, 9], [5, 4, 9], [10, 8, 18]]
    assert [sum(pair) for pair in zip(*(row[1:] for row in rows[:2]), strict=True)] == rows[2][1:]
    assert rows[2][2::2] == [3, 3, len(minutes.drawn)]
    assert [[cell.value for cell in row] for row in minutes.groups.rows] == [
        ["城镇社区", "新创建", 10, 3],
        ["农村社区（村）", "已命名", 8, 3],
    ]


def test_every_character_of_the_minutes_has_a_glyph(drawn):
    FrameUnit.objects.filter(drawn=True).update(name="㐀𠮷社区")
    assert not any(font.missing for font in fonts_of(minutes_html(drawn)))


def test_why_nobody_named_was_drawn_is_in_the_minutes(town, year, bureau, sign_in):
    """R80: the first year."""
    make_applicants(3, town=town, year=year, state=State.CITY_PASSED)
    made = make_draw(year=year, by=bureau, stage=Stage.PROVINCE)
    assert "没有已命名单位的说明" in get(sign_in(bureau), "draw_minutes", made).content.decode()


def test_before_the_draw_there_are_no_minutes_and_no_sample(town, year, bureau, sign_in):
    make_applicants(3, town=town, year=year)
    frozen = make_frame(year=year, by=bureau)
    for name in ("draw_minutes", "draw_minutes_pdf", "draw_xlsx"):
        assert get(sign_in(bureau), name, frozen).status_code == 404


def test_the_frame_as_a_table_holds_no_formula(drawn, bureau, sign_in):
    """Hostile case 28."""
    for unit, text in zip(FrameUnit.objects.all(), HOSTILE, strict=False):
        FrameUnit.objects.filter(pk=unit.pk).update(name=text, town_name=text)
    response = get(sign_in(bureau), "draw_frame_csv", drawn)
    assert response.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0][0] == "序号"
    assert rows[0][-1] == "备注"
    assert len(rows) == 19
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)


def test_the_frame_as_a_record_holds_what_decides_the_draw(drawn, bureau, sign_in):
    facts = json.loads(get(sign_in(bureau), "draw_frame_json", drawn).content)
    assert (facts["year"], facts["stage"], facts["ratio"], facts["seed"]) == (2012, "province", "30.00", "20121118")
    assert facts["digest"] == drawn.frame_digest
    assert len(facts["units"]) == 18
    assert len(facts["replacements"]) == 1


def test_every_file_leaves_its_line_in_the_audit_trail(drawn, bureau, sign_in):
    for name in ("draw_minutes_pdf", "draw_frame_csv", "draw_frame_json"):
        get(sign_in(bureau), name, drawn)
    lines = [event.after for event in AuditEvent.objects.filter(action="导出").order_by("pk")]
    assert [(line["文件"], line["格式"]) for line in lines] == [
        ("抽样记录", "PDF"),
        ("抽样框", "CSV"),
        ("抽样框", "JSON"),
    ]


def test_the_workbook_holds_what_the_page_shows_and_a_town_its_own(drawn, bureau, other_town_officer, sign_in):
    for person, town in ((bureau, {}), (other_town_officer, {"town_name": "牛塘镇"})):
        content = b"".join(get(sign_in(person), "draw_xlsx", drawn).streaming_content)
        rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(min_row=2, values_only=True))
        sample = FrameUnit.objects.filter(drawn=True, **town)
        assert [row[2] for row in rows] == [unit.name for unit in sample]


# --- the inspectors' home --------------------------------------------------------------------------------------------
def test_an_inspectors_home_is_the_sample_of_their_level(drawn, bureau, province_inspector, city_inspector, sign_in):
    unit = FrameUnit.objects.filter(drawn=True, standing="new").first()
    inspect(unit.assessment, Stage.PROVINCE, by=province_inspector, lost={"1.1": 2})
    page = sign_in(province_inspector).get("/?year=2012").content.decode()
    for one in FrameUnit.objects.filter(drawn=True):
        assert f'<a href="{one.assessment.get_absolute_url()}">{one}</a>' in page
    assert "98分" in page
    assert "已完成4项：听取汇报、座谈走访、材料审核、现场检查" in page
    assert "2012年11月21日" in page
    assert "2012年11月30日前" in page
    assert "市抽查还没有抽样" in sign_in(city_inspector).get("/?year=2012").content.decode()
