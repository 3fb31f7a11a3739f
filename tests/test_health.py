"""/healthz and /readyz answer without sign-in, and say in Chinese what is missing."""

import pytest
from django.db import DatabaseError
from django.db.migrations.recorder import MigrationRecorder

from config import health
from reporting import pdf


@pytest.fixture(autouse=True)
def _nothing_remembered():
    health.fully_migrated.clear()
    pdf.chinese_font_problem.cache_clear()
    yield
    health.fully_migrated.clear()
    pdf.chinese_font_problem.cache_clear()


@pytest.fixture
def refused(client):
    """Ask /readyz, expect 503, and give the message of one check."""

    def message_of(name: str) -> str:
        response = client.get("/readyz")
        assert response.status_code == 503
        body = response.json()
        assert body["status"] == "unready"
        assert not body["checks"][name]["ok"]
        return body["checks"][name]["message"]

    return message_of


def test_the_process_answers_without_the_database(client):
    response = client.get("/healthz")
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


def test_a_complete_place_is_ready(client, db):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert {check["message"] for check in response.json()["checks"].values()} == {"正常"}


def test_the_migrations_are_read_once(client, db, django_assert_max_num_queries):
    client.get("/readyz")
    with django_assert_max_num_queries(1):
        client.get("/readyz")


def test_a_database_that_does_not_answer_is_said(refused, db, monkeypatch):
    def broken(*_args):
        raise DatabaseError("connection refused to 10.0.0.1, password secret")

    monkeypatch.setattr(health.User.objects.__class__, "exists", broken, raising=False)
    message = refused("database")
    assert "DATABASE_URL" in message
    assert "secret" not in message


def test_a_migration_not_applied_is_said(refused, db):
    MigrationRecorder.Migration.objects.filter(app="assessment").delete()
    assert "未执行" in refused("migrations")


def test_a_storage_that_cannot_be_written_is_said(refused, db, settings, tmp_path):
    settings.EVIDENCE_ROOT = tmp_path / "file"
    settings.EVIDENCE_ROOT.write_text("a file where the folder should be")
    assert "佐证材料目录" in refused("storage")


def test_a_pdf_engine_without_pango_is_said(refused, db, monkeypatch):
    def missing():
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(pdf, "weasyprint", missing)
    assert "libpango-1.0-0" in refused("pdf")


def test_a_place_without_a_chinese_font_is_said(refused, db, monkeypatch):
    """A character that no font holds stands for a machine without Chinese fonts."""
    monkeypatch.setattr(pdf, "PROBE", "<p>\U0010fffd")
    assert "fonts-noto-cjk" in refused("pdf")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:9/picture.png",
        "//example.org/a.png",
        "../config/settings.py",
        "%2e%2e/manage.py",
        "file://other.host/etc/passwd",
        "data:image/svg+xml,<svg/>",
    ],
)
def test_a_document_opens_only_our_own_files(url, caplog):
    """Hostile case 31: an address in a user's text is denied, and the document is made without it."""
    assert pdf.render_pdf(f'<html lang="zh-Hans"><img src="{url}"><p>社区').startswith(b"%PDF-")
    assert "a document may not open" in caplog.text


def test_a_document_opens_the_stylesheets_of_the_product(caplog):
    pdf.render_pdf('<html lang="zh-Hans"><link rel="stylesheet" href="vendor/bootstrap-icons.min.css"><p>社区')
    assert "may not open" not in caplog.text
