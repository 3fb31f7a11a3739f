# What script/server and script/test share: messages, Debian packages, the virtual environment. Sourced, never run.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
VENV="$ROOT/.venv"
SERVER_PACKAGES=(python3 python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-cjk)

say() { printf '%s\n' "$*"; }

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# --- Debian packages -------------------------------------------------------------------------------------------------

# find_python: PYTHON becomes the path of the first Python that is new enough, or empty. A PYTHON set by the caller is
# tried first.
find_python() {
    local name
    for name in ${PYTHON:+"$PYTHON"} python3 python3.11 python3.12 python3.13 python3.14; do
        PYTHON="$("$name" -c 'import sys; sys.version_info >= (3, 11) and print(sys.executable)' 2>/dev/null || true)"
        [ -z "$PYTHON" ] || return 0
    done
}

# find_postgres: the folder that holds initdb and pg_ctl, or nothing. Debian keeps it out of PATH.
find_postgres() {
    local folder
    for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) "$(dirname "$(command -v initdb)")"; do
        if [ -x "$folder/initdb" ]; then
            printf '%s\n' "$folder"
            return
        fi
    done
    return 1
}

has_library() { "$PYTHON" -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "$1" 2>/dev/null; }

# has PACKAGE: is the thing there that the package would bring, wherever it came from?
has() {
    case "$1" in
        python3) [ -n "$PYTHON" ] ;;
        python3-venv) [ -x "$VENV/bin/python" ] || "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null ;;
        libpango-1.0-0) has_library libpango-1.0.so.0 ;;
        libpangoft2-1.0-0) has_library libpangoft2-1.0.so.0 ;;
        libharfbuzz-subset0) has_library libharfbuzz-subset.so.0 ;;
        fontconfig) command -v fc-list >/dev/null ;;
        fonts-noto-cjk) [ -n "$(fc-list :lang=zh 2>/dev/null)" ] ;;
        chromium) command -v chromium >/dev/null ;;
        poppler-utils) command -v pdftotext >/dev/null ;;
        postgresql) find_postgres >/dev/null ;;
    esac
}

missing() {
    local package
    for package in "$@"; do
        has "$package" || printf '%s\n' "$package"
    done
}

# as_root: how this user runs a command as root without being asked for a password, or failure.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

can_install() { command -v apt-get >/dev/null && as_root true 2>/dev/null; }

# ensure_packages PACKAGE...: install what is missing; without root or apt say what and how, and stop.
ensure_packages() {
    local wanted
    find_python
    wanted="$(missing "$@" | xargs)"
    [ -n "$wanted" ] || return 0
    can_install || refuse_without "$wanted"
    say "安装系统软件包：$wanted"
    # The names are words without spaces; each is an argument of its own.
    # shellcheck disable=SC2086
    { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -qq --yes --no-install-recommends $wanted </dev/null >/dev/null; } ||
        refuse_without "$wanted"
    find_python
    wanted="$(missing "$@" | xargs)"
    [ -z "$wanted" ] || refuse_without "$wanted"
}

refuse_without() {
    fail "缺少系统软件包：$1" \
        "请以管理员身份安装后重新运行：" \
        "    apt-get update && apt-get install --yes --no-install-recommends $1" \
        "（非 Debian 系统请安装等同的软件包；Python 须为 3.11 或更高版本。）"
}

# --- the virtual environment -----------------------------------------------------------------------------------------

# ensure_venv LOCK: .venv holds exactly the locked packages. A stamp with the lock's hash makes the second time free.
ensure_venv() {
    local lock="$ROOT/deploy/$1" stamp="$VENV/$1.sha256" hash
    "$VENV/bin/python" -c 'import pip' 2>/dev/null || create_venv
    hash="$(sha256sum <"$lock")"
    [ "$(cat "$stamp" 2>/dev/null)" != "$hash" ] || return 0
    say "安装 Python 软件包（$1）……"
    "$VENV/bin/python" -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r "$lock" ||
        fail "Python 软件包安装失败，请检查网络或软件源后重新运行。"
    printf '%s\n' "$hash" >"$stamp"
}

create_venv() {
    say "创建 Python 环境 .venv ……"
    "$PYTHON" -m venv --clear "$VENV" || fail "不能创建 $VENV，请检查磁盘空间和目录权限。"
}

# --- the product's own settings --------------------------------------------------------------------------------------

random_secret() { "$VENV/bin/python" -c 'import secrets; print(secrets.token_urlsafe(50))'; }

# port_is_free HOST PORT, told by trying to bind it; PORT 0 prints a port that is free.
port_is_free() {
    "$PYTHON" - "$1" "$2" <<'PYTHON'
import socket, sys
host, port = sys.argv[1], int(sys.argv[2])
family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
with socket.socket(family, kind, protocol) as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(address)
    except OSError as error:
        sys.exit(str(error))
    if port == 0:
        print(probe.getsockname()[1])
PYTHON
}
