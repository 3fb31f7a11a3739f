"""Two people on one score sheet, one of them in a 填报工作簿: decided, never overwritten, all or nothing (R23)."""

import pytest

from accounts.models import AuditEvent
from tests.assessment.filled import (
    ANNOTATED,
    CONFIRM,
    PREVIEW,
    UPLOAD,
    confirmed,
    downloaded,
    fill,
    problems,
    score,
    sent,
    totals,
)
from tests.assessment.scored import stored
from tests.factories import make_assessment, make_community, make_standard

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def client(sign_in, town_officer):
    return sign_in(town_officer)


@pytest.fixture
def standard():
    return make_standard()


@pytest.fixture
def assessment(community, open_year, standard):
    return make_assessment(community=community, campaign_year=open_year, standard=standard)


@pytest.fixture
def second(town, open_year, standard):
    community = make_community(town=town, name="花园社区")
    return make_assessment(community=community, campaign_year=open_year, standard=standard)


@pytest.fixture
def contested(client, assessment, town_officer):
    """The preview of a file: 1.1 and 2.1 were scored in the system meanwhile, and 3.1, which the file left alone."""
    book = downloaded(client, assessment)
    for code in ("1.1", "2.1", "3.1"):
        score(assessment, code, 5, town_officer)
    fill(book["聚湖社区"], {"1.1": 8, "2.1": 9, "4.1": 7}, {"2.1": "文件中的原因"})
    return sent(client, book)


def test_a_newer_score_in_the_system_is_a_conflict_and_stays_unless_told_otherwise(client, assessment, contested):
    plan = contested.context["plan"]
    assert [one.entry.item.code for one in plan.conflicts] == ["1.1", "2.1"]
    assert [one.entry.item.code for one in plan.changes] == ["4.1"]
    assert "以文件为准" in contested.content.decode()
    answer = confirmed(client, contested)
    assert "另有2条保留系统中的得分" in answer.content.decode()
    assert {code: found[0] for code, found in stored(assessment).items()} == {"1.1": 5, "2.1": 5, "3.1": 5, "4.1": 7}


def test_the_file_wins_where_a_person_says_so(client, assessment, contested):
    second = contested.context["plan"].conflicts[1]
    confirmed(client, contested, **{second.name: "file"})
    found = stored(assessment)
    assert found["1.1"][:2] == (5, "系统中的原因")
    assert found["2.1"] == (9, "文件中的原因", 2)
    assert totals(assessment) == [5 + 9 + 5 + 7]


def test_a_change_between_preview_and_confirmation_is_previewed_again(client, assessment, contested, town_officer):
    score(assessment, "4.1", 1, town_officer)
    answer = confirmed(client, contested)
    assert "有变化，尚未导入任何内容" in answer.content.decode()
    assert [one.entry.item.code for one in answer.context["plan"].conflicts] == ["1.1", "2.1", "4.1"]
    assert stored(assessment)["4.1"][0] == 1


def test_a_score_that_meets_one_of_the_same_moment_takes_everything_back(
    client, assessment, second, town_officer, monkeypatch
):
    book = downloaded(client)
    fill(book["聚湖社区"], {"1.1": 10})
    fill(book["花园社区"], {"1.1": 10})
    page = sent(client, book)
    plan = page.context["plan"]
    monkeypatch.setattr("assessment.views.workbooks.plan_of", lambda *_: (None, plan))
    score(second, "1.1", 1, town_officer)
    assert "尚未导入任何内容" in client.post(CONFIRM, {"digest": plan.digest}, follow=True).content.decode()
    assert totals(assessment, second) == [0, 1]
    assert not AuditEvent.objects.filter(action="导入填报工作簿").exists()


def test_confirming_twice_writes_once(client, assessment):
    book = downloaded(client, assessment)
    fill(book["聚湖社区"], {"1.1": 10})
    page = sent(client, book)
    confirmed(client, page)
    assert "没有待导入的填报工作簿" in confirmed(client, page).content.decode()
    assert stored(assessment)["1.1"] == (10, "", 1)
    assert "无需导入" in sent(client, book).content.decode()


def test_what_was_not_previewed_is_not_written(client, assessment):
    book = downloaded(client, assessment)
    fill(book["聚湖社区"], {"1.1": 10})
    sent(client, book)
    for digest in ("", "0" * 64):
        answer = client.post(CONFIRM, {"digest": digest}, follow=True)
        assert "尚未导入任何内容" in answer.content.decode()
    assert not stored(assessment)


def test_one_problem_keeps_every_community_unwritten(client, assessment, second):
    book = downloaded(client)
    fill(book["聚湖社区"], {"1.1": 10})
    fill(book["花园社区"], {"1.1": 13})
    page = sent(client, book)
    assert problems(page) == [("花园社区", "H5", "13")]
    assert "确认导入</button>" not in page.content.decode()
    confirmed(client, page)
    assert totals(assessment, second) == [0, 0]


def test_a_pending_file_is_nobody_elses(client, sign_in, community_worker, assessment):
    sent(client, downloaded(client, assessment))
    for address in (PREVIEW, ANNOTATED):
        assert sign_in(community_worker).get(address).url == UPLOAD
