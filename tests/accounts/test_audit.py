"""The audit trail is written once: nothing in the product can change or take back what it says."""

import pytest
from django.db import transaction
from django.db.models import ProtectedError

from accounts import audit
from accounts.models import AppendOnlyError, AuditEvent
from tests.factories import make_community

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(bureau) -> AuditEvent:
    return audit.record("登录", bureau.user, by=bureau.user, after={"项目": "值"})


REWRITES = {
    "save": lambda event: event.save(),
    "delete": lambda event: event.delete(),
    "a copy with the same key": lambda event: AuditEvent(pk=event.pk, actor="别人", action="登录").save(),
    "update": lambda _event: AuditEvent.objects.update(actor="别人"),
    "filtered update": lambda event: AuditEvent.objects.filter(pk=event.pk).update(actor="别人"),
    "update_or_create": lambda event: AuditEvent.objects.update_or_create(pk=event.pk, defaults={"actor": "别人"}),
    "bulk_update": lambda event: AuditEvent.objects.bulk_update([event], ["actor"]),
    "queryset delete": lambda event: AuditEvent.objects.filter(pk=event.pk).delete(),
    "through a history": lambda event: AuditEvent.objects.about(event.user).delete(),
}


@pytest.mark.parametrize("rewrite", REWRITES.values(), ids=REWRITES)
def test_an_event_refuses_to_be_changed_or_deleted(rewrite, event):
    before = AuditEvent.objects.filter(pk=event.pk).values().get()
    with pytest.raises(AppendOnlyError), transaction.atomic():
        rewrite(event)
    assert AuditEvent.objects.filter(pk=event.pk).values().get() == before


def test_a_person_who_acted_cannot_be_deleted(event):
    with pytest.raises(ProtectedError):
        event.user.delete()


def test_an_event_says_who_did_what_to_what(bureau, town):
    community = make_community(town=town, name="聚湖社区")
    event = audit.record("改名", community, by=bureau.user, before={"名称": "老名"}, after={"名称": "聚湖社区"})
    event.refresh_from_db()
    assert (event.actor, event.user, event.action, event.object_label) == (
        bureau.user.name,
        bureau.user,
        "改名",
        "聚湖社区",
    )
    assert event.changes == [("名称", "老名", "聚湖社区")]
    assert list(AuditEvent.objects.about(community)) == [event]


def test_an_act_of_the_command_line_has_no_account(district):
    event = audit.record("导入", district, by=None)
    assert (event.user, event.actor, event.address) == (None, "命令行", "")


def test_the_address_of_the_caller_is_kept_for_the_request_only(bureau, sign_in):
    client = sign_in(bureau)
    client.post("/accounts/logout/", REMOTE_ADDR="10.1.2.3")
    assert AuditEvent.objects.filter(action="退出登录").get().address == "10.1.2.3"
    assert audit.record("导入", by=None).address == ""
