"""到期提醒 and 交接: what is told before its day, to whom, and how often."""

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from smtplib import SMTPException

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from assessment import reminders
from assessment.models import Notice, Rectification, Stage, State
from assessment.notices import notices_of
from assessment.reminders import DAYS_AHEAD, remind
from communities import people
from communities.models import Role
from tests.assessment.ready import consult
from tests.assessment.steps import SHANGHAI
from tests.factories import make_assessment, make_notice, make_person, make_standard, make_town

pytestmark = pytest.mark.django_db


def at(day: date, hour: int = 8) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def draft(community, year):
    return make_assessment(community=community, campaign_year=year)


def texts(person) -> list[str]:
    return [notice.text for notice in notices_of(person.user)]


# --- 到期提醒 -------------------------------------------------------------------------------------------------------
def test_what_is_due_is_told_on_each_of_the_days_and_once_only(draft, year, town_officer, community_worker):
    told = {}
    for number in range(45, -3, -1):
        day = year.deadline - timedelta(days=number)
        for hour in (0, 23):
            found = remind(at(day, hour)).notices
            if found:
                told[number, hour] = found
    assert told == {(days, 0): 2 for days in DAYS_AHEAD}
    expected = [f"2012年度自评中，待完成并申报：1件，期限2012年11月15日，还有{days}天。" for days in (1, 3, 7, 30)]
    assert texts(town_officer) == texts(community_worker) == expected


def test_a_day_missed_is_made_up_for(draft, year, town_officer):
    remind(at(year.deadline - timedelta(days=5)))
    remind(at(year.deadline - timedelta(days=4)))
    remind(at(year.deadline))
    assert [text[-5:] for text in texts(town_officer)] == ["今天到期。", "还有5天。"]


@pytest.fixture
def due_rows(community, year, town_officer, bureau, liaison) -> dict[str, Callable]:
    """By task: make one row of it that is due on 8 November."""
    standard, day = make_standard(), date(2012, 11, 8)

    def assessment(**fields):
        return make_assessment(community=community, campaign_year=year, standard=standard, **fields)

    return {
        "returned": lambda: assessment(state=State.RETURNED, resubmit_by=day),
        "rectifying": lambda: assessment(kind="recheck", state=State.RECTIFYING, resubmit_by=day),
        "opinions": lambda: consult(assessment(state=State.RECEIVED), by=bureau, answer="", closed=False),
        "rectifications": lambda: Rectification.objects.create(
            assessment=assessment(state=State.NAMED),
            stage=Stage.DISTRICT,
            owner="陈",
            problem="缺",
            category="other",
            due_on=day,
        ),
    }


@pytest.mark.parametrize(
    ("task", "who"),
    [
        ("returned", "town_officer"),
        ("rectifying", "town_officer"),
        ("opinions", "liaison"),
        ("opinions", "bureau"),
        ("rectifications", "town_officer"),
    ],
)
def test_returns_letters_and_rectifications_are_told_too(task, who, due_rows, request):
    due_rows[task]()
    remind(at(date(2012, 11, 1)))
    [text] = texts(request.getfixturevalue(who))
    assert text.endswith("1件，期限2012年11月8日，还有7天。")


def test_only_those_who_act_now_are_told(draft, year, town, town_officer):
    successor = make_person(role=Role.TOWN_OFFICER, town=town)
    town_officer.until = date(2012, 10, 1)
    town_officer.save()
    remind(at(year.deadline - timedelta(days=7)))
    assert (texts(town_officer), len(texts(successor))) == ([], 1)


def test_who_has_filed_is_told_nothing(community, year, town_officer):
    make_assessment(community=community, campaign_year=year, state=State.SUBMITTED)
    assert remind(at(year.deadline - timedelta(days=7))).notices == 0


def test_nothing_is_mailed_unless_the_settings_say_so(draft, year, town_officer):
    type(town_officer.user).objects.update(email="zhang@example.cn")
    assert remind(at(year.deadline - timedelta(days=7))).mails == 0
    assert mail.outbox == []


def test_those_with_an_address_are_mailed_once(draft, year, town_officer, community_worker, settings):
    settings.REMINDERS_BY_EMAIL = True
    town_officer.user.email = "zhang@example.cn"
    town_officer.user.save()
    for hour in (8, 9):
        remind(at(year.deadline - timedelta(days=7), hour))
    [message] = mail.outbox
    assert message.to == ["zhang@example.cn"]
    assert "还有7天" in message.body


def test_a_mail_the_server_refuses_is_tried_again_and_old_ones_are_not(
    draft, year, town_officer, settings, monkeypatch
):
    settings.REMINDERS_BY_EMAIL = True
    town_officer.user.email = "zhang@example.cn"
    town_officer.user.save()
    make_notice(user=town_officer.user, sent_at=at(date(2012, 1, 1)))
    day = year.deadline - timedelta(days=7)

    def refuse(*_args):
        raise SMTPException

    with monkeypatch.context() as broken:
        broken.setattr(reminders, "send_mail", refuse)
        assert (remind(at(day)).failed, len(mail.outbox)) == (1, 0)
    assert (remind(at(day, 9)).mails, len(mail.outbox)) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_who_remind_at_once_tell_and_mail_once(draft, year, town_officer, settings):
    settings.REMINDERS_BY_EMAIL = True
    town_officer.user.email = "zhang@example.cn"
    town_officer.user.save()
    barrier, done = threading.Barrier(2), []

    def work() -> None:
        barrier.wait(timeout=30)
        done.append(remind(at(year.deadline - timedelta(days=7))))
        connection.close()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert len(done) == 2
    assert sum(one.mails for one in done) == len(mail.outbox) == 1
    assert Notice.objects.filter(user=town_officer.user).count() == 1


def test_the_command_says_what_it_did_and_repeats_nothing(draft, open_year, town_officer, capsys):
    open_year.deadline = timezone.localdate() + timedelta(days=3)
    open_year.save()
    for expected in ('{"notices": 1, "mails": 0, "failed": 0}', '{"notices": 0, "mails": 0, "failed": 0}'):
        call_command("send_reminders")
        out, err = capsys.readouterr()
        assert out.strip() == expected
        assert "邮件提醒未启用" in err


# --- 交接 -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def administrator(district):
    return make_person(role=Role.SYSTEM_ADMINISTRATOR, district=district)


def move(person, administrator, **unit):
    given = {"role": Role.TOWN_OFFICER, "town": None, "community": None, **unit}
    return people.move(user=person.user, district=person.district, today=date(2012, 11, 1), by=administrator, **given)


def test_a_successor_is_told_what_waits(draft, open_year, town, town_officer, administrator):
    move(town_officer, administrator, town=make_town(district=town.district))
    successor, _password = people.appoint(
        username="new",
        name="新人",
        role=Role.TOWN_OFFICER,
        district=town.district,
        town=town,
        today=date(2012, 11, 1),
        by=administrator,
    )
    [text] = texts(successor)
    assert text.startswith("您开始担任湖塘镇镇（开发区、街道）经办人，请接续办理：自评中，待完成并申报1件")
    assert texts(town_officer) == []


def test_whoever_is_left_in_the_office_is_told_who_left(draft, town, town_officer, administrator):
    colleague = make_person(role=Role.TOWN_OFFICER, town=town)
    people.set_active(user=town_officer.user, active=False, by=administrator)
    assert texts(colleague)[0].startswith("湖塘张科员不再担任湖塘镇镇（开发区、街道）经办人")


def test_the_first_in_an_office_takes_over_from_nobody(draft, town, administrator):
    first, _password = people.appoint(
        username="new",
        name="新人",
        role=Role.TOWN_OFFICER,
        district=town.district,
        town=town,
        today=date(2012, 11, 1),
        by=administrator,
    )
    assert texts(first) == []
