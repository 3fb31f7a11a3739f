"""The first account of a district that starts for real; no account has a default password."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from communities.models import Role


def test_the_first_administrator_gets_a_generated_password(district):
    out = StringIO()
    call_command("create_administrator", district=district.name, username="admin", name="陈立新", stdout=out)
    username, password = out.getvalue().strip().split("\t")
    user = User.objects.get(username=username)
    assert user.check_password(password)
    assert user.appointments.get().role == Role.SYSTEM_ADMINISTRATOR


def test_an_unknown_district_or_a_taken_name_is_refused(district, administrator):
    with pytest.raises(CommandError, match="没有名为"):
        call_command("create_administrator", district="无此区", username="admin", name="陈立新")
    taken = administrator.user.username
    with pytest.raises(CommandError, match="已存在"):
        call_command("create_administrator", district=district.name, username=taken, name="陈立新")
