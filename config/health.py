"""Is the process alive, and could it serve? Answered without sign-in, to a load balancer or to `script/server`."""

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from accounts.models import User
from reporting.pdf import chinese_font_problem

logger = logging.getLogger(__name__)
fully_migrated: set[str] = set()
"""The databases once found up to date: the code of a process does not change, so neither does the answer."""


def database_problem() -> str | None:
    try:
        User.objects.exists()
    except Error:
        logger.exception("the database does not answer")
        return "数据库连接不上或缺少数据表，请检查 DATABASE_URL 和数据库服务。"
    return None


def migrations_problem() -> str | None:
    name = str(connection.settings_dict["NAME"])
    if name in fully_migrated:
        return None
    try:
        executor = MigrationExecutor(connection)
    except Error:
        return "数据库连接不上，无法核对数据库结构。"
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return f"有{len(waiting)}项数据库结构更新未执行，请运行 manage.py migrate。"
    fully_migrated.add(name)
    return None


def storage_problem() -> str | None:
    root = Path(settings.EVIDENCE_ROOT)
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=root) as file:
            file.write(b"ready")
    except OSError as error:
        logger.warning("evidence storage: %s", error)
        return "佐证材料目录不能写入，请检查 EVIDENCE_ROOT 的权限和磁盘空间。"
    return None


CHECKS: dict[str, tuple[str, Callable[[], str | None]]] = {
    "database": ("数据库", database_problem),
    "migrations": ("数据库结构", migrations_problem),
    "storage": ("佐证材料存储", storage_problem),
    "pdf": ("PDF引擎和中文字体", chinese_font_problem),
}
"""Name -> (label, function that returns what is wrong as a sentence, or None)."""


@never_cache
@login_not_required
def healthz(_request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@never_cache
@login_not_required
def readyz(_request: HttpRequest) -> JsonResponse:
    """`{"status": "ok" | "unready", "checks": {name: {"label", "ok", "message"}}}`; 503 when a check fails."""
    checks = {}
    for name, (label, problem_of) in CHECKS.items():
        problem = problem_of()
        checks[name] = {"label": label, "ok": problem is None, "message": problem or "正常"}
    ready = all(check["ok"] for check in checks.values())
    body = {"status": "ok" if ready else "unready", "checks": checks}
    return JsonResponse(body, status=200 if ready else 503, json_dumps_params={"ensure_ascii": False})
