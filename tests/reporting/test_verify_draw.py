"""manage.py verify_draw finds every row that was changed behind the draw's back (R75, R79; F10)."""

import io
import json
import subprocess
import sys
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from assessment.models import FrameUnit, Replacement, SamplingDraw, Stage, State
from assessment.sampling.drawing import replace
from assessment.sampling.frame import record_of
from communities.models import Category
from tests.assessment.test_sampling_method import program_of_the_document
from tests.factories import make_community
from tests.sampling import DAY, make_applicants, make_draw, make_frame, make_named

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(campaign):
    return campaign.years.get(year=2012)


@pytest.fixture
def drawn(town, other_town, year, bureau) -> SamplingDraw:
    """The province's draw with one replacement."""
    for place in (town, other_town):
        for category in Category:
            make_applicants(4, town=place, year=year, state=State.CITY_PASSED, category=category)
            make_named(3, town=place, year=year, category=category)
    made = make_draw(year=year, by=bureau, stage=Stage.PROVINCE)
    out = FrameUnit.objects.filter(draw=made, drawn=True).first()
    replace(draw=made, removed=out, reason="道路施工", by=bureau, now=DAY)
    return made


def verified(*args: str) -> str:
    out = io.StringIO()
    call_command("verify_draw", *args, stdout=out)
    return out.getvalue()


def complaints(*args: str) -> str:
    out = io.StringIO()
    with pytest.raises(CommandError, match="复核发现"):
        call_command("verify_draw", *args, stdout=out)
    return out.getvalue()


def test_an_honest_draw_verifies_and_says_what_was_checked(drawn):
    text = verified("2012", "province")
    for words in (
        "一致：抽样框摘要（28个单位）",
        "一致：排序值（28个）",
        "一致：调换（1次）",
        "一致：抽中单位",
        "复核通过。",
    ):
        assert words in text
    assert "不一致" not in text


def test_a_frozen_frame_verifies_before_the_draw(town, year, bureau):
    make_applicants(3, town=town, year=year)
    make_frame(year=year, by=bureau)
    assert "一致：尚未抽样，没有抽中的单位" in verified("2012", "city")
    FrameUnit.objects.filter(position=1).update(drawn=True)
    assert "尚未抽样，却标为抽中" in complaints("2012", "city")


def tamper_unit(drawn_too: bool, **fields):
    def tamper(draw: SamplingDraw) -> None:
        unit = FrameUnit.objects.filter(draw=draw, drawn=drawn_too).first()
        FrameUnit.objects.filter(pk=unit.pk).update(**fields)

    return tamper


def remove_a_unit(draw: SamplingDraw) -> None:
    used = Replacement.objects.values_list("removed", flat=True)
    FrameUnit.objects.filter(draw=draw, drawn=False).exclude(pk__in=used).first().delete()


def add_a_unit(draw: SamplingDraw) -> None:
    unit = FrameUnit.objects.filter(draw=draw, drawn=False).first()
    unit.pk, unit.code, unit.position = None, "320412999999", 99
    unit.community = make_community(town=unit.community.town)
    unit.save()


def choose_another_successor(draw: SamplingDraw) -> None:
    swap = draw.replacements.get()
    other = FrameUnit.objects.filter(draw=draw, drawn=False, category=swap.removed.category)
    other = other.filter(standing=swap.removed.standing).exclude(pk=swap.removed_id).first()
    FrameUnit.objects.filter(pk=swap.added_id).update(drawn=False)
    FrameUnit.objects.filter(pk=other.pk).update(drawn=True)
    Replacement.objects.update(added=other)


TAMPERED = {
    "name": (tamper_unit(False, name="别的社区"), "不一致：抽样框摘要"),
    "code": (tamper_unit(False, code="320412999999"), "不一致：排序值"),
    "town": (tamper_unit(True, town_name="别的镇"), "不一致：抽样框摘要"),
    "category": (tamper_unit(True, category="other"), "不一致：抽样框摘要"),
    "standing": (tamper_unit(True, standing="other"), "不一致：抽样框摘要"),
    "key": (tamper_unit(False, order_key="0" * 64), "记载为0000000000…"),
    "drawn": (tamper_unit(False, drawn=True), "标为抽中，重算没有抽中"),
    "not drawn": (tamper_unit(True, drawn=False), "重算应当抽中，没有标记"),
    "unit removed": (remove_a_unit, "不一致：抽样框摘要"),
    "unit added": (add_a_unit, "不一致：抽样框摘要"),
    "ratio": (lambda _draw: SamplingDraw.objects.update(ratio=Decimal("30.01")), "不一致：抽样框摘要"),
    "digest": (lambda _draw: SamplingDraw.objects.update(frame_digest="f" * 64), f"记载为{'f' * 64}"),
    "seed": (lambda _draw: SamplingDraw.objects.update(seed="20121119"), "不一致：排序值"),
    "replacement removed": (lambda _draw: Replacement.objects.all().delete(), "不一致：抽中单位"),
    "replacement chosen": (choose_another_successor, "不一致：调换"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_was_changed_by_hand_is_found(name, drawn):
    tamper, words = TAMPERED[name]
    tamper(drawn)
    assert words in complaints("2012", "province")


def test_an_exported_file_verifies_and_a_changed_one_does_not(drawn, tmp_path):
    path = tmp_path / "frame.json"
    path.write_text(record_of(drawn).as_json())
    assert "复核通过" in verified("--file", str(path))
    facts = json.loads(path.read_text())
    facts["units"][0]["drawn"] = not facts["units"][0]["drawn"]
    path.write_text(json.dumps(facts))
    assert "不一致：抽中单位" in complaints("--file", str(path))


def test_the_documents_program_draws_from_the_exported_frame(town, other_town, year, bureau, tmp_path):
    for place in (town, other_town):
        make_applicants(5, town=place, year=year)
    made = make_draw(year=year, by=bureau)
    (tmp_path / "frame.json").write_text(record_of(made).as_json())
    command = [sys.executable, str(program_of_the_document(tmp_path)), str(tmp_path / "frame.json")]
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()
    assert set(printed) == set(FrameUnit.objects.filter(drawn=True).values_list("code", flat=True))


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ([], "请写明年度和层级"),
        (["2012", "city"], "2012年度还没有冻结市抽查抽样框"),
        (["2099", "city"], "没有2099年度的创建活动"),
        (["--file", "/nowhere/frame.json"], "不能读取文件"),
    ],
)
def test_what_cannot_be_checked_is_told(args, words, year):
    with pytest.raises(CommandError, match=words):
        call_command("verify_draw", *args)
