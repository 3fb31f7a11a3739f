"""The rules of the house that a machine can see. Each test collects the offenders, so a failure names the lines."""

import ast
import base64
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ["config", "accounts", "communities", "assessment", "reporting"]
REASON = "why:"
"""A line that breaks a rule for a good reason gives it behind this word, on the line itself or on the one above."""


def files(*patterns: str) -> Iterator[Path]:
    for pattern in patterns:
        yield from (path for path in sorted(ROOT.glob(pattern)) if path.is_file())


def product_code() -> Iterator[Path]:
    """Python files of the apps without migrations, which Django writes."""
    return (path for path in files(*(f"{app}/**/*.py" for app in APPS)) if "migrations" not in path.parts)


def templates() -> Iterator[Path]:
    return files("templates/**/*.html", *(f"{app}/templates/**/*.html" for app in APPS))


def own_static() -> Iterator[Path]:
    return (
        path for path in files("static/**/*") if path.suffix in {".css", ".js", ".svg"} and "vendor" not in path.parts
    )


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def lines_with(pattern: str, paths: Iterator[Path]) -> list[str]:
    """Every line that matches and gives no reason, as "path:line: text"."""
    found = []
    for path in paths:
        before = ""
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            if re.search(pattern, line) and REASON not in line and REASON not in before:
                found.append(f"{place(path, number)}: {line.strip()[:120]}")
            before = line
    return found


# --- layers and writers ------------------------------------------------------------------------------------------


def test_imports_point_down():
    """In a process of its own: import-linter sets up logging anew."""
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    linter = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"], check=False, cwd=ROOT, capture_output=True, text=True
    )
    assert linter.returncode == 0, linter.stdout


def writes_state(node: ast.AST) -> bool:
    """An assignment to `.state`, or a call that stores a `state=` (create, update, Assessment; not filter)."""
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(target, ast.Attribute) and target.attr == "state" for target in targets)
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    stores = {"update", "create", "get_or_create", "update_or_create", "Assessment"}
    return name in stores and any(keyword.arg == "state" for keyword in node.keywords)


def test_only_the_workflow_writes_a_state():
    allowed = {ROOT / "assessment/workflow.py"}
    found = [
        place(path, node.lineno)
        for path in product_code()
        if path not in allowed and "models" not in path.parts and "demo" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if writes_state(node)
    ]
    assert found == []


def makes_a_community(node: ast.AST) -> bool:
    """A call that stores communities or versions of them, or an end written on one, however it is spelt."""
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Attribute) and target.attr == "closed_on" for target in node.targets)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    stores = {"create", "bulk_create", "get_or_create", "update_or_create", "bulk_update"}
    of_lineage = re.match(r"(Community|CommunityVersion)\.objects\b", ast.unparse(node.func))
    ends = node.func.attr == "update" and any(keyword.arg == "closed_on" for keyword in node.keywords)
    return ends or (bool(of_lineage) and node.func.attr in stores)


def test_only_lineage_makes_and_ends_communities():
    """Name, town, category and end of a community agree with its versions because one room writes both."""
    found = [
        place(path, node.lineno)
        for path in product_code()
        if "lineage" not in path.parts and "models" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if makes_a_community(node)
    ]
    assert found == []


def test_imports_stand_at_the_top():
    found = []
    for path in product_code():
        text = path.read_text()
        for function in ast.walk(ast.parse(text)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                found += [
                    place(path, node.lineno)
                    for node in ast.walk(function)
                    if isinstance(node, ast.Import | ast.ImportFrom)
                    and REASON not in text.splitlines()[node.lineno - 1]
                ]
    assert found == []


def test_no_raw_sql():
    """SQLite and PostgreSQL behave alike because the ORM writes every statement."""
    assert lines_with(r"\.raw\(|\.extra\(|RawSQL|cursor\(\)|\.execute\(", product_code()) == []


# --- what reaches a browser --------------------------------------------------------------------------------------


def test_templates_hold_no_inline_style_or_script():
    """The content security policy would block them: `default-src 'self'`."""
    inline = r"""\sstyle\s*=|\son[a-z]+\s*=\s*["']|\shx-on|<style\b|<script\b(?![^>]*\ssrc=)|javascript:"""
    assert lines_with(inline, templates()) == []


def test_nothing_is_loaded_from_elsewhere():
    """A district's network may have no way out; only names of XML vocabularies look like addresses."""
    paths = (path for group in (templates(), own_static()) for path in group)
    assert lines_with(r"https?://(?!www\.w3\.org/)|(src|href)\s*=\s*[\"']//", paths) == []


def test_text_is_escaped():
    unescaped = r"\|\s*safe(seq)?\b|autoescape\s+off|mark_safe|SafeString\(|__html__"
    paths = (path for group in (templates(), product_code()) for path in group)
    assert lines_with(unescaped, paths) == []


# --- what came from outside --------------------------------------------------------------------------------------


def test_vendored_files_are_those_of_the_lock():
    locked = {
        ROOT / file["to"]: file["integrity"]
        for package in json.loads((ROOT / "static/vendor/vendor.lock").read_text())
        for file in package["files"]
    }
    present = set(files("static/vendor/**/*", "tests/browser/vendor/**/*")) - {ROOT / "static/vendor/vendor.lock"}
    assert present == set(locked)
    for path, integrity in locked.items():
        digest = hashlib.sha512(path.read_bytes()).digest()
        assert "sha512-" + base64.b64encode(digest).decode() == integrity, path


def requirements(lock: str) -> dict[str, set[str]]:
    """Requirement ("django==5.2.19") -> its hashes."""
    blocks = re.split(r"\n(?=\S)", (ROOT / "deploy" / lock).read_text().strip())
    return {re.split(r"[ ;\\]", block)[0]: set(re.findall(r"--hash=(sha256:[0-9a-f]{64})", block)) for block in blocks}


def test_locks_hold_versions_and_hashes_and_no_addresses():
    for lock in ["requirements.lock", "requirements-dev.lock"]:
        for requirement, hashes in requirements(lock).items():
            assert re.match(r"^[a-z0-9._-]+(\[[a-z,]+\])?==\S+", requirement), requirement
            assert hashes, f"{requirement} has no hash"
    for path in files("deploy/*.lock", "static/vendor/vendor.lock"):
        assert "://" not in path.read_text(), path


def test_the_tests_run_with_the_packages_that_are_served():
    served, tested = requirements("requirements.lock"), requirements("requirements-dev.lock")
    assert {name: tested.get(name) for name in served} == served


# --- short, finished, explained ----------------------------------------------------------------------------------


def own_text() -> Iterator[Path]:
    code = files("tests/**/*.py", "script/*", "deploy/*.py", "*.py")
    return (path for group in (product_code(), templates(), own_static(), code) for path in group)


def test_a_file_past_300_lines_explains_itself():
    """A long file says why it is one, within its first ten lines: "long because ..."."""
    found = []
    for path in own_text():
        lines = path.read_text().splitlines()
        if len(lines) > 300 and "long because" not in " ".join(lines[:10]).lower():
            found.append(f"{path.relative_to(ROOT)}: {len(lines)}")
    assert found == []


def test_nothing_is_left_for_later():
    unfinished = r"\b(TODO|FIXME|XXX|HACK)\b|pytest\.(mark\.)?(skip|xfail)|\btime\.sleep\(|wait_for_timeout"
    paths = (path for path in own_text() if path != Path(__file__))
    assert lines_with(unfinished, paths) == []
