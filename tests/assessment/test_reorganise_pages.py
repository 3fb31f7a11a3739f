"""办理区划调整 on the page: pick, fill in, decide, confirm; what is wrong stands beside its field, nothing is lost."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessment.models import Assessment, Designation, State
from communities.models import Category, Community, Reorganisation
from tests.factories import make_assessment, make_community, make_designation, make_renaming, make_town

pytestmark = pytest.mark.django_db
ADD = "/reorganisations/add/"
LIST = "/reorganisations/"
ACT = {"effective_on": "2012-11-20", "document_number": "武政发〔2012〕30号", "reason": "区划优化", "confirmed": "on"}


@pytest.fixture
def client(bureau, campaign, sign_in) -> Client:
    return sign_in(bureau)


@pytest.fixture
def other(town) -> Community:
    return make_community(town=town, name="花园社区")


@pytest.fixture
def draft(community, campaign) -> Assessment:
    return make_assessment(community=community, campaign_year=campaign.years.get(year=2014))


@pytest.fixture
def title(community, campaign) -> Designation:
    return make_designation(community=community, campaign_year=campaign.years.get(year=2012), named_on=date(2012, 5, 1))


def address(kind: str, *units: Community) -> str:
    query = {"kind": kind, "town": units[0].town_id, "units": [one.code for one in units]}
    return f"{ADD}?{urlencode(query, doseq=True)}"


def post(client: Client, kind: str, *units: Community, **fields: Any) -> HttpResponse:
    return client.post(address(kind, *units), {**ACT, **fields})


def errors(answer: HttpResponse) -> dict[str, list[str]]:
    assert answer.status_code == 200
    return answer.context["form"].errors


# --- picking -------------------------------------------------------------------------------------------------------


def test_one_picks_the_kind_the_town_and_then_its_communities(client, community, other, other_town):
    make_community(town=other_town, name="丙社区")
    assert "涉及的社区（村）" not in client.get(ADD).content.decode()
    page = client.get(ADD, {"kind": "merger", "town": community.town_id}).content.decode()
    assert "聚湖社区" in page
    assert "丙社区" not in page
    assert "第二步" not in page
    page = client.get(address("merger", community, other)).content.decode()
    assert "第二步" in page
    assert "没有进行中的考评，也没有命名，不需要决定" in page


def test_too_few_or_too_many_units_are_refused(client, community, other):
    assert "至少要选两个" in client.get(address("merger", community)).content.decode()
    assert "更名一次只办理一个社区（村）" in client.get(address("renaming", community, other)).content.decode()


def test_what_is_elsewhere_or_gone_cannot_be_picked(client, community, other, foreign_bureau):
    foreign = make_community(town=make_town(district=foreign_bureau.district), name="外区社区")
    Community.objects.filter(pk=other.pk).update(closed_on=date(2012, 1, 1))
    for unit in (foreign, other):
        page = client.get(address("renaming", unit)).content.decode()
        assert "第二步" not in page
        assert "外区社区" not in page


def test_a_merger_across_towns_is_refused_with_what_to_do_first(client, community, other_town):
    elsewhere = make_community(town=other_town, name="丙社区")
    answer = post(client, "merger", community, elsewhere, result=community.code, category="urban")
    assert "请先办理“调整隶属”，再合并" in answer.content.decode()
    assert not Reorganisation.objects.exists()


# --- the five kinds ------------------------------------------------------------------------------------------------

KINDS: dict[str, tuple[dict[str, str], set[str]]] = {
    "merger": ({"result": "new", "name": "湖园社区", "category": "urban"}, {"湖塘镇湖园社区"}),
    "split": (
        {"lives_on": "yes", "name_1": "东湖社区", "category": "urban"},
        {"湖塘镇聚湖社区", "湖塘镇东湖社区", "湖塘镇花园社区"},
    ),
    "renaming": ({"name": "湖滨社区"}, {"湖塘镇湖滨社区", "湖塘镇花园社区"}),
    "transfer": ({"town": "OTHER"}, {"牛塘镇聚湖社区", "湖塘镇花园社区"}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_act_is_carried_out_and_shown(kind, client, community, other, other_town):
    fields, after = KINDS[kind]
    fields = {name: str(other_town.pk) if value == "OTHER" else value for name, value in fields.items()}
    units = (community, other) if kind == "merger" else (community,)
    answer = client.post(address(kind, *units), {**ACT, **fields}, follow=True)
    assert {one.full_name for one in Community.objects.living().select_related("town")} == after
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == Reorganisation.objects.get().get_absolute_url()
    for text in ("已办理", "区划优化", "武政发〔2012〕30号", "2012年11月20日", "区办王主任", "没有进行中的考评"):
        assert text in page


def test_a_village_becomes_urban(client, village):
    assert post(client, "urbanisation", village, name="").status_code == 302
    village.refresh_from_db()
    assert (village.category, village.subtype, village.name) == (Category.URBAN, "urbanised", "银荡村")


def test_decisions_are_made_on_the_page_and_shown_with_the_act(client, community, other, draft, title):
    fields = {
        "result": other.code,
        "category": "urban",
        f"assessment-{draft.pk}": "end",
        f"title-{title.pk}": "pass_on-1",
    }
    answer = client.post(address("merger", community, other), {**ACT, **fields}, follow=True)
    draft.refresh_from_db()
    assert draft.state == State.CLOSED
    assert Designation.objects.get(revoked_on=None).community == other
    page = answer.content.decode()
    for text in ("2014年度考评", "自评中", "终止", "2012年度命名", "由新单位承继", "已于2012年11月20日撤销"):
        assert text in page
    assert Reorganisation.objects.get().get_absolute_url() in client.get(LIST).content.decode()


def test_a_split_passes_an_assessment_on_to_the_unit_one_chose(client, community, draft):
    fields = {"lives_on": "yes", "name_1": "东湖社区", "name_2": "西湖社区", "category": "urban"}
    assert post(client, "split", community, **fields, **{f"assessment-{draft.pk}": "pass_on-2"}).status_code == 302
    draft.refresh_from_db()
    assert draft.community.name == "西湖社区"


# --- what is wrong -------------------------------------------------------------------------------------------------


def test_a_missing_decision_is_asked_for_beside_its_field_and_nothing_typed_is_lost(
    client, community, other, draft, title
):
    answer = post(client, "merger", community, other, result="new", name="湖园社区", category="urban", confirmed="")
    assert errors(answer) == {
        f"assessment-{draft.pk}": ["请作出决定。"],
        f"title-{title.pk}": ["请作出决定。"],
        "confirmed": ["请核对后勾选确认。"],
    }
    page = answer.content.decode()
    for text in ('value="湖园社区"', 'value="2012-11-20"', "区划优化</textarea>", 'value="武政发〔2012〕30号"'):
        assert text in page
    assert f'id="id_assessment-{draft.pk}_error"' in page
    assert not Reorganisation.objects.exists()


WRONG: list[tuple[str, dict[str, str], str, str]] = [
    ("renaming", {"name": "花园社区"}, "name", "湖塘镇已有“花园社区”"),
    ("renaming", {"name": "聚湖社区"}, "name", "与现名称相同"),
    ("renaming", {"name": "湖滨社区", "effective_on": "2999-01-01"}, "effective_on", "生效日期不能晚于今天"),
    ("renaming", {"name": "湖滨社区", "effective_on": "1949-10-01"}, "effective_on", "生效日期须晚于这一天"),
    ("renaming", {"name": "湖滨社区", "reason": " "}, "reason", "这个字段是必填项"),
    ("split", {"lives_on": "yes", "category": "urban"}, "name_1", "至少要有两个"),
    ("split", {"lives_on": "no", "name_2": "西湖社区", "category": "urban"}, "name_1", "请从新单位1起依次填写"),
    ("split", {"lives_on": "no", "name_1": "东湖", "name_2": "花园社区", "category": "urban"}, "name_2", "已有"),
    ("transfer", {"town": ""}, "town", "这个字段是必填项"),
    ("urbanisation", {"name": ""}, "__all__", "已是城镇社区"),
]
"""(kind, what is typed, the field that is wrong, why)."""


@pytest.mark.parametrize("wrong", WRONG, ids=[f"{kind}-{field}-{why}" for kind, _fields, field, why in WRONG])
def test_what_is_wrong_is_said_beside_its_field(wrong, client, community, other):
    """花园社区 of the town is the name that is taken."""
    kind, fields, field, why = wrong
    found = errors(post(client, kind, community, **fields))
    assert why in found[field][0]
    assert not Reorganisation.objects.exists()


def test_a_decision_that_cannot_be_is_refused_beside_its_field(client, community, other, draft):
    fields = {"result": other.code, "category": "urban", f"assessment-{draft.pk}": "keep"}
    found = errors(post(client, "merger", community, other, **fields))
    assert "聚湖社区将撤销，不能由它继续" in found[f"assessment-{draft.pk}"][0]


# --- the list and one act ------------------------------------------------------------------------------------------


def test_the_list_is_filtered_by_kind_and_tells_the_names_of_then(client, community, village):
    make_renaming(community, was="聚湖老社区", on=date(2012, 3, 1))
    page = client.get(f"{LIST}?kind=renaming").content.decode()
    assert "湖塘镇聚湖老社区" in page
    assert client.get(f"{LIST}?kind=merger").context["table"].paginator.count == 0


def test_the_list_makes_the_same_number_of_queries_however_long_it_is(client, town):
    counts = []
    for total in (1, 3, 30):
        while Reorganisation.objects.count() < total:
            make_renaming(make_community(town=town), was="老社区", on=date(2012, 3, 1))
        client.get(LIST)
        with CaptureQueriesContext(connection) as captured:
            client.get(LIST)
        counts.append(len(captured))
    assert len(set(counts)) == 1


def test_an_act_is_seen_by_whoever_sees_one_of_its_communities(community, other, sign_in, client, request):
    post(client, "merger", community, other, result=community.code, category="urban")
    url = Reorganisation.objects.get().get_absolute_url()
    for name, status in {"leader": 200, "town_officer": 200, "community_worker": 200, "foreign_bureau": 404}.items():
        assert (name, sign_in(request.getfixturevalue(name)).get(url).status_code) == (name, status)
    page = sign_in(request.getfixturevalue("community_worker")).get(url).content.decode()
    assert community.get_absolute_url() in page
    assert other.get_absolute_url() not in page, "one does not link what the reader may not open"


def test_today_is_a_day_one_may_choose(client, community):
    today = timezone.localdate().isoformat()
    assert post(client, "renaming", community, name="湖滨社区", effective_on=today).status_code == 302
