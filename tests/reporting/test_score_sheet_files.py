"""The 考核评分表 as page, Excel and PDF: the same figures, safe text, Chinese fonts, one's own scope only."""

import re
import subprocess
from decimal import Decimal
from io import BytesIO
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook
from pypdf import PdfReader

from accounts.models import AuditEvent
from assessment.models import Assessment, ItemScore
from assessment.sheets import SHEET_RELATIONS, sheet_table
from communities.templatetags.official import plain
from communities.workbooks import clean
from reporting.pdf import document, is_own_file, render_pdf
from reporting.score_sheet_xlsx import score_sheet_xlsx
from reporting.score_sheets import COLUMNS, score_sheet_html, score_sheet_pdf
from tests.factories import make_assessment, make_standard

FORMS = ["score-sheet/", "score-sheet.xlsx", "score-sheet.pdf"]
HOSTILE = ["=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "#N/A", "a\x0bb\x1f"]


@pytest.fixture
def assessment(community, open_year):
    scores = {"1.1": "12.5", "2.1": "11.25", "3.1": "12", "4.1": "0", "5.1": "12.45"}
    return make_assessment(community=community, campaign_year=open_year, scores=scores)


def table_of(assessment):
    return sheet_table(Assessment.objects.select_related(*SHEET_RELATIONS).get(pk=assessment.pk))


def cells_of(content: bytes) -> list:
    return [cell for row in load_workbook(BytesIO(content)).active.iter_rows() for cell in row]


def pdf_text(content: bytes, order: str = "-layout") -> str:
    """The text of a PDF as it lies on the page, or in "-raw" order, where a cell stays together."""
    command = ["pdftotext", order, "-", "-"]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()


def fonts_of(html: str) -> list:
    """The fonts that a document is set in; `missing` holds the characters for which a font had no glyph."""
    fonts: list = []
    document(html).write_pdf(finisher=lambda laid_out, _pdf: fonts.extend(laid_out.fonts.values()))
    return fonts


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_page_excel_and_pdf_agree_to_the_last_decimal(sign_in, bureau, assessment):
    """R70 and hostile case 43."""
    client = sign_in(bureau)
    table = table_of(assessment)
    page, workbook, document = (client.get(f"/assessments/{assessment.pk}/{form}") for form in FORMS)
    rows = list(load_workbook(BytesIO(workbook.content)).active.iter_rows(min_row=5, values_only=True))
    printed = [row for row in rows if row[0] in {"小计", "合计"} or isinstance(row[0], int)]
    expected = []
    for part in table.parts:
        expected += [row.scores[stage].points for row in part.rows for stage in row.scores] or [None]
        expected += [part.sums["self"]]
    assert [None if row[6] is None else Decimal(str(row[6])) for row in printed] == [*expected, table.totals["self"]]
    text, html = pdf_text(document.content), page.content.decode()
    for value in {*expected, table.totals["self"]} - {None}:
        assert plain(value) in text
        assert re.search(f'<td class="number"[^>]*>{re.escape(plain(value))}</td>', html)
    assert text.count(table.digest) >= 1
    assert table.digest in html
    assert load_workbook(BytesIO(workbook.content)).active.oddFooter.right.text == f"校验码 {table.digest}"


def test_numbers_are_numbers_and_blanks_are_blank(assessment):
    cells = {cell.coordinate: cell for cell in cells_of(score_sheet_xlsx(table_of(assessment)))}
    assert (cells["E5"].value, cells["E5"].data_type) == (12.5, "n")
    assert cells["G11"].value == 0
    assert cells["I5"].value is None


def test_the_workbook_prints_as_the_form_does(assessment):
    sheet = load_workbook(BytesIO(score_sheet_xlsx(table_of(assessment)))).active
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.print_title_rows, sheet.page_setup.fitToHeight) == ("$4:$4", 0)
    assert [cell.value for cell in sheet[4]] == ["序号", "一级指标", *(column.label for column in COLUMNS)]
    assert "工作模板" not in sheet.oddFooter.left.text
    text = [cell.value for cell in cells_of(score_sheet_xlsx(table_of(assessment)))]
    for signature in ("社区负责人：", "镇审核人：", "考评组成员：", "单位（盖章）："):
        assert signature in text


def test_a_working_template_says_so_on_every_print(community, open_year):
    made = make_assessment(
        community=community, campaign_year=open_year, standard=make_standard(is_template=True), scores={}
    )
    table = table_of(made)
    sheet = load_workbook(BytesIO(score_sheet_xlsx(table))).active
    assert "（工作模板）" in sheet.oddFooter.left.text
    assert "（工作模板）" in pdf_text(score_sheet_pdf(table))


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_looks_like_a_formula_stays_text(assessment, text):
    """Hostile cases 28 and 29."""
    ItemScore.objects.filter(sheet__assessment=assessment).update(reason=text)
    cells = cells_of(score_sheet_xlsx(table_of(assessment)))
    assert {cell.data_type for cell in cells if cell.value is not None} <= {"s", "n"}
    found = next(cell for cell in cells if cell.coordinate == "H5")
    assert found.value == clean(text)
    assert found.quotePrefix == text.startswith(("=", "+", "-", "@", "\t"))


def test_characters_that_no_file_can_hold_are_left_out():
    """Hostile case 29."""
    assert clean("甲\x00乙\x0b丙\ud800丁\uffff\r\n戊\r己") == "甲乙丙丁\n戊\n己"


def test_script_in_a_name_stays_text(sign_in, bureau, assessment):
    """Hostile case 30."""
    name = "<script>alert(1)</script>社区"
    assessment.community.name = name
    assessment.community.save()
    client = sign_in(bureau)
    page, workbook, document = (client.get(f"/assessments/{assessment.pk}/{form}") for form in FORMS)
    assert name not in page.content.decode()
    assert name in squeezed(pdf_text(document.content, "-raw"))
    assert any(name in str(cell.value) for cell in cells_of(workbook.content))
    assert "script_社区" not in workbook["Content-Disposition"]
    assert "/" not in workbook["Content-Disposition"].removeprefix("attachment; filename*=utf-8''")


@pytest.mark.parametrize("address", ["file:///etc/hostname", "http://127.0.0.1:1/x.png"])
def test_a_pdf_opens_nothing_that_user_text_names(assessment, address):
    """Hostile case 31: the address is printed as text, and would be refused if it were not."""
    ItemScore.objects.filter(sheet__assessment=assessment).update(reason=f'<img src="{address}">')
    html = score_sheet_html(table_of(assessment))
    assert f'src="{address}"' not in html
    assert address in squeezed(pdf_text(render_pdf(html), "-raw"))
    assert not is_own_file(address)


def test_the_pdf_embeds_chinese_fonts_and_every_character_has_a_glyph(assessment):
    """Hostile case 45: a missing glyph still extracts as the right character, so the fonts themselves are asked."""
    assessment.community.name = "㐀𠮷社区"
    assessment.community.save()
    html = score_sheet_html(table_of(assessment))
    assert [font.missing for font in fonts_of(html) if font.missing] == []
    content = render_pdf(html)
    text = squeezed(pdf_text(content))
    assert "㐀𠮷社区" in text
    assert "第1页共" in text
    for page in PdfReader(BytesIO(content)).pages:
        fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
        descendants = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
        assert all({"/FontFile2", "/FontFile3"} & set(descriptor) for descriptor in descendants)


def test_every_page_carries_its_number_the_standard_and_the_digest(assessment):
    table = table_of(assessment)
    content = score_sheet_pdf(table)
    pages = [squeezed(page) for page in pdf_text(content).split("\f") if page.strip()]
    assert len(pages) == len(PdfReader(BytesIO(content)).pages)
    for number, page in enumerate(pages, start=1):
        assert f"第{number}页共{len(pages)}页" in page
        assert table.digest in page
        assert squeezed(table.standard_label) in page


def test_file_names_are_chinese_and_tell_unit_and_year(sign_in, bureau, assessment):
    response = sign_in(bureau).get(f"/assessments/{assessment.pk}/score-sheet.xlsx")
    name = quote("考核评分表（湖塘镇聚湖社区2012年度）.xlsx")
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("bureau", 200),
        ("leader", 200),
        ("town_officer", 200),
        ("community_worker", 200),
        ("other_town_officer", 404),
        ("foreign_bureau", 404),
        ("administrator", 403),
    ],
)
def test_a_sheet_is_seen_only_within_ones_own_unit(request, sign_in, assessment, person, status):
    """Hostile cases 1 and 3."""
    client = sign_in(request.getfixturevalue(person))
    for form in FORMS:
        assert client.get(f"/assessments/{assessment.pk}/{form}").status_code == status, form


def test_an_export_leaves_a_trace_and_a_refused_one_none(sign_in, town_officer, other_town_officer, assessment):
    sign_in(other_town_officer).get(f"/assessments/{assessment.pk}/score-sheet.xlsx")
    assert not AuditEvent.objects.filter(action="导出").exists()
    sign_in(town_officer).get(f"/assessments/{assessment.pk}/score-sheet.xlsx")
    event = AuditEvent.objects.about(assessment).get(action="导出")
    assert event.user == town_officer.user
    assert event.after["校验码"] == table_of(assessment).digest


@pytest.mark.parametrize(("file_format", "start"), [("xlsx", b"PK"), ("pdf", b"%PDF")])
def test_the_command_writes_the_whole_file_or_none(assessment, tmp_path, file_format, start):
    output = tmp_path / f"sheet.{file_format}"
    output.write_bytes(b"old")
    call_command(
        "export_score_sheet", community=assessment.community.code, year=2012, format=file_format, output=output
    )
    assert output.read_bytes().startswith(start)
    assert list(tmp_path.iterdir()) == [output]


@pytest.mark.parametrize(
    ("code", "year", "message"),
    [("999999999999", 2012, "没有代码为999999999999"), (None, 2030, "在2030年度没有考评")],
)
def test_the_command_refuses_what_it_does_not_know(assessment, tmp_path, code, year, message):
    code = code or assessment.community.code
    with pytest.raises(CommandError, match=message):
        call_command("export_score_sheet", community=code, year=year, format="xlsx", output=tmp_path / "x.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_where_it_cannot_write(assessment, tmp_path):
    output = tmp_path / "none" / "x.xlsx"
    with pytest.raises(CommandError, match="不能写入"):
        call_command("export_score_sheet", community=assessment.community.code, year=2012, format="xlsx", output=output)


def test_a_long_text_gets_a_row_high_enough_for_it(community, open_year):
    made = make_assessment(community=community, campaign_year=open_year, scores={"1.1": "1"})
    ItemScore.objects.update(reason="整改措施" * 60)
    sheet = load_workbook(BytesIO(score_sheet_xlsx(table_of(made)))).active
    assert sheet.row_dimensions[5].height > 20 * sheet.row_dimensions[6].height / 10
