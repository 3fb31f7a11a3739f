"""The pages of a draw: what is shown to whom, what is kept of what was typed, who is refused (R75, R77-R80)."""

from datetime import date
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessment.models import FrameUnit, SamplingDraw, Stage, State
from communities.models import Category
from tests.assessment.ready import inspect
from tests.factories import make_designation
from tests.sampling import make_applicants, make_draw, make_frame, make_named

pytestmark = pytest.mark.django_db
CITY = {"year": 2012, "stage": "city"}
TYPED = {"seed": "摇号7391", "place": "会议室", "host": "周处长", "witnesses": "王律师", "confirmed": "on"}


@pytest.fixture
def listed(town, other_town, year):
    return [*make_applicants(6, town=town, year=year), *make_applicants(4, town=other_town, year=year)]


@pytest.fixture
def frozen(listed, year, bureau) -> SamplingDraw:
    return make_frame(year=year, by=bureau)


@pytest.fixture
def drawn(listed, year, bureau) -> SamplingDraw:
    return make_draw(year=year, by=bureau)


def text(response) -> str:
    return response.content.decode()


def url(name: str, draw: SamplingDraw) -> str:
    return reverse(f"assessment:{name}", args=[draw.pk])


def test_the_whole_way_of_the_citys_draw(listed, year, sign_in, city_inspector):
    """R75: ratio, seed in front of witnesses, sample, days, progress."""
    client = sign_in(city_inspector)
    assert "冻结抽样框" in text(client.get(reverse("assessment:draws")))
    frame = client.post(reverse("assessment:draw_freeze", kwargs=CITY), {"ratio": "30"}, follow=True)
    draw = SamplingDraw.objects.get()
    assert draw.frame_digest in text(frame)
    page = client.post(url("draw_seed", draw), {**TYPED, "digest": draw.frame_digest}, follow=True)
    sample = FrameUnit.objects.filter(drawn=True)
    assert sample.count() == 3
    assert all(f">{unit.name}</a>" in text(page) for unit in sample)
    assert "摇号7391" in text(page)
    days = {f"visit-{unit.pk}": "2012-11-20" for unit in sample}
    posted = {"group": "组长：周处长", "revision": SamplingDraw.objects.get().revision, **days}
    page = client.post(url("draw_visits", draw), posted, follow=True)
    assert text(page).count("2012年11月20日") == 3
    assert "组长：周处长" in text(page)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"seed": " 12 "}, "种子"),
        ({"seed": ""}, "种子"),
        ({"witnesses": " "}, "见证人"),
        ({"host": ""}, "主持人"),
        ({"confirmed": ""}, "请核对后勾选确认"),
        ({"digest": "0" * 64}, "抽样框刚刚已重新冻结"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_typed_is_lost(typed, words, frozen, bureau, sign_in):
    response = sign_in(bureau).post(url("draw_seed", frozen), {**TYPED, "digest": frozen.frame_digest, **typed})
    assert response.status_code == 200
    assert words in text(response)
    for name in TYPED.keys() - {*typed, "confirmed"}:
        assert f'value="{TYPED[name]}"' in text(response)
    assert not SamplingDraw.objects.get().is_drawn


def test_a_second_press_of_the_button_changes_nothing(drawn, bureau, sign_in):
    response = sign_in(bureau).post(url("draw_seed", drawn), {**TYPED, "digest": drawn.frame_digest}, follow=True)
    assert "不能重抽" in text(response)
    assert SamplingDraw.objects.get().seed == "20121118"


def test_after_the_draw_the_frame_is_not_frozen_again(listed, year, bureau, sign_in):
    draw = make_draw(year=year, by=bureau)
    response = sign_in(bureau).post(reverse("assessment:draw_freeze", kwargs=CITY), {"ratio": "80"}, follow=True)
    assert "抽样框不能再变更" in text(response)
    assert SamplingDraw.objects.get().frame_digest == draw.frame_digest


@pytest.mark.parametrize("ratio", ["", "0", "101", "abc", "30.123", "NaN", "1e9"])
def test_a_ratio_that_cannot_be_is_refused_beside_the_field(ratio, listed, year, bureau, sign_in):
    response = sign_in(bureau).post(reverse("assessment:draw_freeze", kwargs=CITY), {"ratio": ratio})
    assert 'id="id_ratio_error"' in text(response)
    assert not SamplingDraw.objects.exists()


def test_the_first_year_asks_for_a_reason_on_the_page(year, bureau, town, sign_in):
    """R80."""
    make_applicants(2, town=town, year=year, state=State.CITY_PASSED)
    client, address = sign_in(bureau), reverse("assessment:draw_freeze", args=[2012, "province"])
    assert "请填写说明后再冻结" in text(client.post(address, {"ratio": "40"}))
    client.post(address, {"ratio": "40", "without_named": "创建第一年"})
    assert SamplingDraw.objects.get().without_named == "创建第一年"


def test_a_named_unit_that_applied_again_is_told_on_the_page(year, bureau, listed, sign_in):
    make_designation(community=listed[0].community, campaign_year=year, named_on=date(2011, 1, 1))
    page = text(sign_in(bureau).get(reverse("assessment:draw_freeze", args=[2012, "province"])))
    assert "不列入抽样框" in page
    assert listed[0].community.name in page


def test_a_frame_that_is_no_longer_true_says_so_and_cannot_be_drawn_from(year, bureau, listed, town, sign_in):
    draw = make_frame(year=year, by=bureau)
    late = make_applicants(1, town=town, year=year)[0]
    for name in ("draw_frame", "draw_seed"):
        page = text(sign_in(bureau).get(url(name, draw)))
        assert "须重新冻结后才能抽样" in page
        assert late.community.name in page
    response = sign_in(bureau).post(url("draw_seed", draw), {**TYPED, "digest": draw.frame_digest})
    assert "请重新冻结抽样框后再抽样" in text(response)


@pytest.mark.parametrize("stage", ["district", "self", "nowhere"])
def test_only_city_and_province_draw(stage, year, bureau, sign_in):
    assert sign_in(bureau).get(reverse("assessment:draw_freeze", args=[2012, stage])).status_code == 404


# --- who sees what ---------------------------------------------------------------------------------------------------
def test_a_town_sees_its_own_units_and_nobody_elses(drawn, town_officer, other_town_officer, sign_in):
    names = {unit.name: unit.town_name for unit in FrameUnit.objects.filter(drawn=True)}
    for person, own in ((town_officer, "湖塘镇"), (other_town_officer, "牛塘镇")):
        page = text(sign_in(person).get(url("draw", drawn)))
        for name, town_name in names.items():
            assert (f">{name}</a>" in page) == (town_name == own), (own, name)
        overview = text(sign_in(person).get(reverse("assessment:draws"), {"year": 2012}))
        assert drawn.get_frame_url() not in overview
        number = sum(town_name == own for town_name in names.values())
        assert f'?category=urban&amp;standing=new&amp;town={quote(own)}&amp;drawn=1">{number}</a>' in overview
        assert sign_in(person).get(drawn.get_frame_url()).status_code == 403


def test_a_towns_own_replacements_are_shown_to_it_only(drawn, bureau, town_officer, other_town_officer, sign_in):
    out = FrameUnit.objects.filter(drawn=True, town_name="湖塘镇").first()
    posted = {"removed": out.pk, "reason": "道路施工"}
    page = text(sign_in(bureau).post(url("draw_replace", drawn), posted, follow=True))
    assert f"{out}已调出" in page
    assert "道路施工" in text(sign_in(town_officer).get(url("draw", drawn)))
    assert "道路施工" not in text(sign_in(other_town_officer).get(url("draw", drawn)))


def test_another_districts_bureau_finds_no_draw(listed, year, bureau, foreign_bureau, sign_in):
    draw = make_draw(year=year, by=bureau)
    for name in ("draw", "draw_frame", "draw_seed", "draw_replace", "draw_visits"):
        assert sign_in(foreign_bureau).get(url(name, draw)).status_code == 404
    assert sign_in(foreign_bureau).post(url("draw_replace", draw), {}).status_code == 404


def test_a_level_is_left_to_its_own_inspector(listed, year, bureau, province_inspector, sign_in):
    draw = make_frame(year=year, by=bureau)
    client = sign_in(province_inspector)
    assert client.post(url("draw_seed", draw), {**TYPED, "digest": draw.frame_digest}).status_code == 403
    assert client.get(draw.get_frame_url()).status_code == 200


def test_a_unit_of_another_draw_cannot_be_replaced_here(listed, year, bureau, town, sign_in):
    """Hostile case 5."""
    make_applicants(3, town=town, year=year, state=State.CITY_PASSED)
    city = make_draw(year=year, by=bureau)
    province = make_draw(year=year, by=bureau, stage=Stage.PROVINCE)
    foreign = FrameUnit.objects.filter(draw=province, drawn=True).first()
    response = sign_in(bureau).post(url("draw_replace", city), {"removed": foreign.pk, "reason": "道路施工"})
    assert 'id="id_removed_error"' in text(response)
    assert FrameUnit.objects.get(pk=foreign.pk).drawn


def test_a_unit_under_inspection_is_not_offered_for_replacement(listed, year, bureau, sign_in):
    draw = make_draw(year=year, by=bureau)
    begun, *others = FrameUnit.objects.filter(drawn=True)
    inspect(begun.assessment, Stage.CITY, by=bureau, finished=False)
    page = text(sign_in(bureau).get(url("draw_replace", draw)))
    assert f'value="{begun.pk}"' not in page
    assert all(f'value="{unit.pk}"' in page for unit in others)


# --- progress and plan -----------------------------------------------------------------------------------------------
def test_the_sample_shows_the_methods_done_and_the_total(listed, year, bureau, sign_in):
    """R78: complete only with all four."""
    draw = make_draw(year=year, by=bureau)
    whole, part, _none = FrameUnit.objects.filter(drawn=True)
    inspect(whole.assessment, Stage.CITY, by=bureau, lost={"1.1": 1})
    first, *rest = inspect(part.assessment, Stage.CITY, by=bureau, finished=False)
    first.finished_at = timezone.now()
    first.save()
    page = text(sign_in(bureau).get(url("draw", draw)))
    assert "3个，已完成考评1个" in page
    assert page.count("√") == 5
    assert len(rest) == 3
    assert f'<a href="{whole.assessment.get_absolute_url()}">99</a>' in page


def test_who_plans_second_sees_both_and_keeps_what_was_typed(listed, year, bureau, sign_in):
    draw = make_draw(year=year, by=bureau)
    unit = FrameUnit.objects.filter(drawn=True).first()
    client, posted = sign_in(bureau), {"revision": draw.revision}
    client.post(url("draw_visits", draw), {**posted, "group": "甲组", f"visit-{unit.pk}": "2012-11-20"})
    response = client.post(url("draw_visits", draw), {**posted, "group": "乙组", f"visit-{unit.pk}": "2012-11-21"})
    assert response.status_code == 409
    for words in ("甲组", "乙组", "2012年11月20日", "2012年11月21日"):
        assert words in text(response)
    assert SamplingDraw.objects.get().group == "甲组"
    assert FrameUnit.objects.get(pk=unit.pk).visit_on == date(2012, 11, 20)


def test_a_provincial_visit_after_november_is_warned_of(year, bureau, town, sign_in):
    """R77."""
    make_applicants(2, town=town, year=year, state=State.CITY_PASSED)
    draw = make_draw(year=year, by=bureau, stage=Stage.PROVINCE)
    unit = FrameUnit.objects.get(drawn=True)
    posted = {"revision": draw.revision, "group": "", f"visit-{unit.pk}": "2012-12-01"}
    assert "晚于11月30日" in text(sign_in(bureau).post(url("draw_visits", draw), posted, follow=True))


@pytest.mark.parametrize("day", ["2012-13-01", "1900-01-01", "9999-12-31", "甲"])
def test_a_day_that_cannot_be_meant_is_refused(day, listed, year, bureau, sign_in):
    draw = make_draw(year=year, by=bureau)
    unit = FrameUnit.objects.filter(drawn=True).first()
    posted = {"revision": draw.revision, "group": "甲", f"visit-{unit.pk}": day}
    assert f'id="id_visit-{unit.pk}_error"' in text(sign_in(bureau).post(url("draw_visits", draw), posted))


# --- cost ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["draws", "draw", "draw_frame", "draw_replace", "home"])
def test_pages_cost_the_same_for_one_unit_and_for_six(name, campaign, town, city_inspector, sign_in):
    client, counts = sign_in(city_inspector), []
    for number, year in zip((1, 6), campaign.years.all(), strict=False):
        make_applicants(number, town=town, year=year)
        draw = make_draw(year=year, by=city_inspector, ratio=100)
        address = {"draws": reverse("assessment:draws"), "home": "/"}.get(name) or url(name, draw)
        client.get(address, {"year": year.year})
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address, {"year": year.year}).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_frame_is_narrowed_by_the_address(year, bureau, town, other_town, sign_in):
    make_applicants(2, town=town, year=year, state=State.CITY_PASSED)
    make_named(1, town=other_town, year=year, category=Category.RURAL)
    draw = make_frame(year=year, by=bureau, stage=Stage.PROVINCE)
    page = text(sign_in(bureau).get(draw.get_frame_url(), {"standing": "named", "town": "牛塘镇"}))
    new = FrameUnit.objects.filter(standing="new")
    assert FrameUnit.objects.get(standing="named").code in page
    assert not any(unit.code in page for unit in new)
