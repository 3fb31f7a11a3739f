"""The standard from file to published version: every problem by line, immutable once published (R38, R45).

Long because it names every fault that a file of a standard can have.
"""

import csv
import json
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from accounts.models import AuditEvent
from assessment.models import Item, Part, Standard
from assessment.models.standards import ImmutableError
from assessment.standards.file import COLUMNS, read_file
from assessment.standards.importing import InvalidStandardError, check
from assessment.standards.publishing import (
    INITIAL,
    StandardRefusedError,
    current_standard,
    load_initial_standards,
    publish_standard,
)
from assessment.standards.workbook import standard_workbook
from communities.importing.problems import FileRefusedError
from communities.models import Category
from tests.factories import make_assessment

URBAN = (INITIAL / "standard_urban.csv").read_text("utf-8")
RURAL = (INITIAL / "standard_rural.csv").read_text("utf-8")
NOTICE_LINES = 2


def draft_of(text=URBAN):
    return check(read_file(text.encode()))


def problems_of(text):
    with pytest.raises(InvalidStandardError) as caught:
        draft_of(text)
    return [(problem.line, problem.message) for problem in caught.value.problems]


def changed(line, **cells):
    """The urban template with cells of one line (as an editor counts lines) replaced."""
    lines = URBAN.splitlines()
    row = dict(zip(COLUMNS, next(csv.reader([lines[line - 1]])), strict=True)) | cells
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerow(row.values())
    lines[line - 1] = text.getvalue().rstrip("\n")
    return "\n".join(lines)


def published(text=URBAN, *, category=Category.URBAN, district=None, by=None):
    replaces = current_standard(category, district)
    return publish_standard(draft=draft_of(text), category=category, district=district, replaces=replaces, by=by)


def xlsx(rows):
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    content = BytesIO()
    workbook.save(content)
    return content.getvalue()


@pytest.mark.parametrize(("text", "items"), [(URBAN, 49), (RURAL, 50)])
def test_both_initial_files_are_whole(text, items):
    """R45: eight parts in order, 100 points, every rule parsed; labelled as a template."""
    draft = draft_of(text)
    assert len(draft.items) == items
    assert sum(item.points for item in draft.items) == Decimal(100)
    assert [part for part in Part if part in {item.part for item in draft.items}] == list(Part)
    assert draft.is_template


def test_a_byte_order_mark_and_the_office_encoding_are_read():
    expected = draft_of()
    assert check(read_file(URBAN.encode("utf-8-sig"))) == expected
    assert check(read_file(URBAN.encode("gb18030"))) == expected
    assert check(read_file(URBAN.replace("\n", "\r\n").encode())) == expected


def test_a_workbook_with_numbers_and_a_notice_above_the_head_reads_the_same():
    """What a spreadsheet makes of the CSV: numbers for 1.1 and 2, TRUE for true, the notice in a row of its own."""
    rows = [[line.lstrip("# ")] for line in URBAN.splitlines()[:NOTICE_LINES]]
    table = csv.reader(URBAN.splitlines()[NOTICE_LINES:])
    rows += [[_as_typed(cell) for cell in cells] for cells in table]
    assert check(read_file(xlsx(rows))) == draft_of()


def test_a_formula_or_an_error_in_a_workbook_is_named_at_its_line():
    rows = list(csv.reader(URBAN.splitlines()[NOTICE_LINES:]))
    rows[2][5], rows[3][0] = "=1+1", "#REF!"
    with pytest.raises(InvalidStandardError) as caught:
        check(read_file(xlsx(rows)))
    found = [(problem.line, problem.found) for problem in caught.value.problems if "公式" in problem.message]
    assert found == [(3, "错误值或公式：=1+1"), (4, "错误值或公式：#REF!")]


def _as_typed(cell):
    if cell in {"true", "false"}:
        return cell == "true"
    try:
        return float(cell)
    except ValueError:
        return cell


@pytest.mark.parametrize(
    ("line", "cells", "message"),
    [
        (4, {"part_no": "9"}, "方面序号应为1至8。"),
        (4, {"part": "社区组织健全"}, "第1方面的名称不符。"),
        (4, {"item_code": "2.9"}, "编号2.9不属于第1方面。"),
        (4, {"item_code": "一"}, "编号应写成“方面序号.顺序号”。"),
        (5, {"item_code": "1.1"}, "编号1.1与第4行重复。"),
        (4, {"content": ""}, "“content”列不能空白。"),
        (4, {"rule": " "}, "“rule”列不能空白。"),
        (4, {"rule": "扣\x0b分"}, "“rule”列含有无法显示的控制字符，请删除后重新导入。"),
        (4, {"content": "长" * 2001}, "“content”列过长。"),
        (4, {"points": "两分"}, "分值不是有效的分数。"),
        (4, {"points": "0"}, "分值不是有效的分数。"),
        (4, {"points": "2.001"}, "分值不是有效的分数。"),
        (4, {"method": "电话抽查"}, "测评方法“电话抽查”不在规定的四种之中，多种以顿号分隔。"),
        (4, {"metric": "party_org"}, "指标目录中没有“party_org”。"),
        (4, {"metric": "premises_area_sqm"}, "“premises_area_sqm”是数值指标，比较方式不符。"),
        (6, {"metric": "cert_rate"}, "“cert_rate”是数值指标，比较方式不符。"),
        (4, {"threshold": "x" * 101}, "“threshold”列过长。"),
        (4, {"note": "stpes=1:1"}, "不认识的写法“stpes=”，请改正或删除。"),
        (4, {"note": "require=nothing"}, "指标目录中没有require所写的“nothing”。"),
    ],
)
def test_each_fault_is_named_at_its_line(line, cells, message):
    assert (line, message) in problems_of(changed(line, **cells))


def test_a_total_other_than_100_is_refused():
    assert problems_of(changed(4, points="3")) == [(52, "各条分值合计101分，应为100分。")]


def test_a_missing_part_is_refused():
    without = "\n".join(line for line in URBAN.splitlines() if not line.startswith("8,"))
    messages = [message for _line, message in problems_of(without)]
    assert messages == ["缺少第8方面“社区文明风尚彰显”。", "各条分值合计91分，应为100分。"]


def test_all_problems_come_at_once_in_the_order_of_lines():
    text = changed(12, method="目测").replace(",2.2,", ",2.1,").replace("steps=500:3/", "steps=500:3.5/")
    lines = [line for line, _message in problems_of(text)]
    assert lines == [12, 13, 14]


def test_a_line_number_counts_cells_that_run_over_several_lines():
    text = changed(4, content="第一行\n第二行").replace("3.1,便民", "3.9,便民", 1).replace(",3.2,", ",x,", 1)
    assert problems_of(text) == [(20, "编号应写成“方面序号.顺序号”。")]


def test_a_wrong_head_is_named():
    assert problems_of(URBAN.replace("points,method", "分值,method", 1)) == [
        (3, "表头缺少列：points。"),
        (3, "表头有不认识的列：分值。"),
    ]


def test_a_half_width_comma_in_a_text_is_recognised_as_such():
    found = problems_of(URBAN.replace("没有党组织的本项记0分；", "没有党组织的,本项记0分；", 1))
    assert (4, "本行的列数多于表头，单元格内的半角逗号须加引号或改为全角。") in found


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02", "# 工作模板\n".encode(), b'a,"b\n', b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0"]
)
def test_a_file_that_is_no_table_is_refused_with_a_sentence(content):
    with pytest.raises(FileRefusedError, match=r"。$"):
        read_file(content)


@pytest.mark.django_db
class TestPublishing:
    def test_a_version_is_published_with_items_and_an_audit_event(self, bureau):
        standard = published(district=bureau.district, by=bureau)
        assert standard.label == "城镇社区考评标准 第1版（工作模板）"
        assert standard.items.count() == 49
        assert [item.sort_order for item in standard.items.all()] == list(range(1, 50))
        assert AuditEvent.objects.about(standard).get().user == bureau.user

    def test_the_next_version_counts_what_is_seen_beside_it(self, district):
        assert published().version == 1
        assert published(changed(4, content="改"), district=district).version == 2
        assert published(RURAL, category=Category.RURAL).version == 1

    def test_the_same_content_is_not_published_again(self):
        published()
        with pytest.raises(StandardRefusedError, match="与现行第1版内容相同"):
            published()
        assert Standard.objects.count() == 1

    def test_a_version_published_meanwhile_is_not_superseded_unseen(self):
        published()
        with pytest.raises(StandardRefusedError, match="刚刚有人发布了"):
            publish_standard(draft=draft_of(), category=Category.URBAN, district=None, replaces=None, by=None)

    def test_a_published_version_cannot_be_changed_or_deleted(self):
        standard = published()
        item = standard.items.first()
        attempts = [
            standard.save,
            standard.delete,
            item.save,
            item.delete,
            Standard.objects.all().delete,
            Item.objects.all().delete,
            lambda: Standard.objects.update(name="改"),
            lambda: Item.objects.update(points=1),
            lambda: Item.objects.bulk_update([item], ["content"]),
            lambda: standard.items.update(content="改"),
        ]
        for attempt in attempts:
            with pytest.raises(ImmutableError, match="已发布的考评标准不能"):
                attempt()
        assert standard.items.count() == 49

    def test_a_superseded_standard_keeps_its_running_assessments(self, community, open_year):
        """Hostile case 36."""
        first = published()
        assessment = make_assessment(community=community, campaign_year=open_year, standard=first)
        second = published(changed(4, content="新的考评内容"), district=community.town.district)
        assessment.refresh_from_db()
        assert assessment.standard == first
        assert first.items.get(code="1.1").content != "新的考评内容"
        assert Standard.objects.current(community.town.district, Category.URBAN) == second

    def test_the_initial_standards_are_loaded_once(self):
        assert [standard.items.count() for standard in load_initial_standards()] == [49, 50]
        assert load_initial_standards() == []
        assert set(Standard.objects.values_list("district", "is_template")) == {(None, True)}

    def test_a_downloaded_version_imports_as_unchanged(self):
        standard = published()
        content = standard_workbook(standard)
        draft = check(read_file(content))
        with pytest.raises(StandardRefusedError, match="内容相同"):
            publish_standard(draft=draft, category=Category.URBAN, district=None, replaces=standard, by=None)
        cells = [cell for row in load_workbook(BytesIO(content)).active.iter_rows() for cell in row]
        assert "f" not in {cell.data_type for cell in cells}


def run(*args):
    """(JSON on standard output, exit code) of import_standard."""
    out, code = StringIO(), 0
    try:
        call_command("import_standard", *args, stdout=out, stderr=StringIO())
    except CommandError as error:
        code = error.returncode
    return json.loads(out.getvalue()), code


@pytest.mark.django_db
class TestCommand:
    def test_an_empty_database_takes_the_initial_file_and_then_finds_it_unchanged(self):
        file = str(INITIAL / "standard_rural.csv")
        assert run(file, "--category", "rural", "--check") == (
            {"created": 50, "changed": 0, "unchanged": 0, "errors": []},
            0,
        )
        assert Standard.objects.count() == 0
        assert run(file, "--category", "rural")[0]["created"] == 50
        again = run(file, "--category", "rural", "--format", "json")
        assert again == ({"created": 0, "changed": 0, "unchanged": 50, "errors": []}, 0)
        assert Standard.objects.count() == 1

    def test_a_changed_item_makes_a_new_version(self, tmp_path):
        published()
        file = tmp_path / "new.csv"
        file.write_text(changed(4, content="改"), "utf-8")
        assert run(str(file), "--category", "urban")[0] == {"created": 0, "changed": 1, "unchanged": 48, "errors": []}
        assert Standard.objects.count() == 2

    def test_a_faulty_file_exits_with_1_and_writes_nothing(self, tmp_path):
        file = tmp_path / "bad.csv"
        file.write_text(changed(4, points="3"), "utf-8")
        result, code = run(str(file), "--category", "urban")
        assert code == 1
        assert result["errors"] == [
            {"line": 52, "found": "101分", "expected": "100分", "message": "各条分值合计101分，应为100分。"}
        ]
        assert Standard.objects.count() == 0

    def test_an_unreadable_file_is_an_error_too(self, tmp_path):
        result, code = run(str(Path(tmp_path, "none.csv")), "--category", "urban")
        assert code == 1
        assert "无法读取文件" in result["errors"][0]["message"]

    def test_an_unknown_district_is_refused(self):
        with pytest.raises(CommandError, match="没有名为“无此区”的区"):
            call_command("import_standard", str(INITIAL / "standard_urban.csv"), category="urban", district="无此区")


def upload(client, text, category="urban"):
    file = SimpleUploadedFile("standard.csv", text.encode())
    return client.post(reverse("assessment:standard_import"), {"category": category, "file": file})


@pytest.mark.django_db
class TestPages:
    def test_the_bureau_previews_and_publishes_for_its_district(self, bureau, sign_in):
        client = sign_in(bureau)
        page = upload(client, URBAN)
        assert "确认发布" in page.content.decode()
        assert Standard.objects.count() == 0
        form = page.context["form"].initial
        answer = client.post(
            reverse("assessment:standard_publish"),
            {"category": form["category"], "text": form["text"], "replaces": ""},
            follow=True,
        )
        standard = Standard.objects.get()
        assert standard.district == bureau.district
        assert standard.items.count() == 49
        text = answer.content.decode()
        assert "工作模板" in text
        assert "不是省民政厅发布的考评标准原文" in text
        assert "社区文明风尚彰显" in text

    def test_a_faulty_upload_shows_every_problem_and_publishes_nothing(self, bureau, sign_in):
        page = upload(sign_in(bureau), changed(4, points="3")).content.decode()
        assert "各条分值合计101分，应为100分。" in page
        assert Standard.objects.count() == 0

    def test_a_file_that_is_no_table_keeps_the_form(self, bureau, sign_in):
        page = upload(sign_in(bureau), "").content.decode()
        assert "检查并预览" in page

    def test_a_tampered_or_stale_preview_is_not_published(self, bureau, sign_in):
        client = sign_in(bureau)
        address = reverse("assessment:standard_publish")
        for text in ("", "x", changed(4, points="3")):
            client.post(address, {"category": "urban", "text": text, "replaces": ""})
        assert Standard.objects.count() == 0
        published()
        answer = client.post(
            address, {"category": "urban", "text": changed(4, content="改"), "replaces": ""}, follow=True
        )
        assert "刚刚有人发布了" in answer.content.decode()
        assert Standard.objects.count() == 1

    @pytest.mark.parametrize("role", ["bureau", "leader", "town_officer", "community_worker"])
    def test_everybody_at_work_reads_the_standards(self, role, request, sign_in):
        standard = published()
        client = sign_in(request.getfixturevalue(role))
        pages = [reverse("assessment:standards")]
        pages += [reverse(f"assessment:{name}", args=[standard.pk]) for name in ("standard", "standard_file")]
        assert {client.get(page).status_code for page in pages} == {200}

    @pytest.mark.parametrize("role", ["leader", "town_officer", "community_worker", "administrator"])
    def test_only_the_bureau_imports(self, role, request, sign_in):
        client = sign_in(request.getfixturevalue(role))
        assert client.get(reverse("assessment:standard_import")).status_code == 403
        assert client.post(reverse("assessment:standard_publish")).status_code == 403

    def test_another_districts_standard_is_a_404(self, bureau, foreign_bureau, sign_in):
        standard = published(district=foreign_bureau.district)
        for name in ("standard", "standard_file"):
            assert sign_in(bureau).get(reverse(f"assessment:{name}", args=[standard.pk])).status_code == 404
