# shellcheck shell=bash disable=SC2034 # what is set here is read by the scripts
# Sourced by the scripts of this folder: finds the root, shows the steps, installs what is missing and only that.

set -euo pipefail

ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
cd -- "$ROOT"

VENV=$ROOT/.venv
PYTHON=$VENV/bin/python
CACHE=$ROOT/.cache
LOG_DIR=$ROOT/var/log
LOG=$LOG_DIR/setup.log
UV_VERSION=0.13.9
FONT_DIR=${PERFEVAL_FONT_DIR:-$ROOT/var/fonts}
FONT_PACKAGES="texlive-lang-chinese fonts-noto-cjk fonts-lxgw-wenkai"

STEP=0
STEPS=0
BEGAN=$SECONDS

die() {
    printf '\n%s\n' "$*" >&2
    exit 1
}

# step TITLE HINT COMMAND...: runs a command with its output in the log and tells how long it took. A command may write
# one line into $NOTE. When it fails, the end of its output and the hint are shown.
step() {
    local title=$1 hint=$2 from=$SECONDS status=0 lines
    shift 2
    STEP=$((STEP + 1))
    printf '[%d/%d] %s … ' "$STEP" "$STEPS" "$title"
    mkdir -p -- "$LOG_DIR" "$CACHE"
    NOTE=$CACHE/note
    : >"$NOTE"
    printf '\n== %s  %s\n' "$(date '+%Y-%m-%d %H:%M:%S')" "$title" >>"$LOG"
    lines=$(wc -l <"$LOG")
    # A subshell of its own, so that set -e holds inside it; "|| status" would switch it off.
    set +e
    (
        set -e
        "$@"
    ) >>"$LOG" 2>&1
    status=$?
    set -e
    if [ "$status" -ne 0 ]; then
        printf 'FAILED after %d s\n\n' "$((SECONDS - from))"
        {
            printf 'The step "%s" failed. Its last lines (all of them in %s):\n\n' "$title" "$LOG"
            tail -n +"$((lines + 1))" -- "$LOG" | tail -n 20 | sed 's/^/    /'
            printf '\nWhat to do: %s\n' "$hint"
        } >&2
        exit "$status"
    fi
    printf '%d s%s\n' "$((SECONDS - from))" "$(sed '1s/^/  /;1q' "$NOTE")"
}

note() {
    printf '%s\n' "$*" >"$NOTE"
}

require_writable() {
    local path
    for path in "$ROOT" "$ROOT/var" "$VENV" "$CACHE"; do
        if [ -e "$path" ] && [ ! -w "$path" ]; then
            die "$path belongs to $(stat -c %U -- "$path") and cannot be written by $(id -un).
What to do: run this as $(stat -c %U -- "$path"), or hand the folder over with
    sudo chown -R $(id -un) \"$ROOT\""
        fi
    done
}

# One set-up of a checkout at a time: the second waits for the first and then finds the work done.
lock_setup() {
    require_writable
    mkdir -p -- "$CACHE"
    exec 9>"$CACHE/setup.lock"
    if ! flock -n 9; then
        echo "Another script sets this checkout up; waiting for it."
        flock 9
    fi
}

unlock_setup() {
    exec 9>&-
}

# --- System packages ---------------------------------------------------------------------------------------------

packages_of() {
    local group
    for group in "$@"; do
        awk -v group="$group" '$1 == group { print $2 }' script/packages.txt
    done
}

missing_packages() {
    local package
    for package in $(packages_of "$@"); do
        if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
            echo "$package"
        fi
    done
}

font_pack_is_there() {
    [ -f "$FONT_DIR/manifest.json" ]
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -- "$@"
    fi
}

# system_packages GROUP...: installs the packages of these groups that are not there.
system_packages() {
    local missing script status=0
    missing=$(missing_packages "$@" | tr '\n' ' ')
    if [ -z "$missing" ] && { font_pack_is_there || font_packages_known; }; then
        note "(all there)"
        return
    fi
    # A server package would start its service at once; a file that says no is put there for the time of the
    # installation, unless the machine has its own.
    # shellcheck disable=SC2016 # for the inner shell
    script='
        set -e
        policy=/usr/sbin/policy-rc.d
        if [ ! -e "$policy" ]; then
            trap "rm -f $policy" EXIT
            printf "#!/bin/sh\nexit 101\n" >"$policy"
            chmod 755 "$policy"
        fi
        export DEBIAN_FRONTEND=noninteractive
        apt-get -q -y -o DPkg::Lock::Timeout=120 update
        if [ $# -gt 0 ]; then
            apt-get -q -y -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 install --no-install-recommends "$@"
        fi
    '
    # shellcheck disable=SC2086 # one argument a package
    as_root sh -c "$script" sh $missing </dev/null || status=$?
    if [ -n "$missing" ]; then
        note "(installed: ${missing% })"
    fi
    return "$status"
}

font_packages_known() {
    local package
    for package in $FONT_PACKAGES; do
        apt-cache show --no-all-versions "$package" >/dev/null 2>&1 || return 1
    done
}

# Asked before the steps, because a password prompt must not end up in the log.
require_root_if_needed() {
    local missing
    if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
        die "This script installs what it needs on Debian 12 (bookworm), and this system has no apt.
What to do: use the Dockerfile, or follow docs/deployment.md."
    fi
    missing=$(missing_packages "$@" | tr '\n' ' ')
    if [ -z "$missing" ] && { font_pack_is_there || font_packages_known; }; then
        return
    fi
    if [ "$(id -u)" -eq 0 ]; then
        return
    fi
    if command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }; }; then
        return
    fi
    die "Packages of the system are missing, and $(id -un) may not install them.
What to do: have root run this once, then run this script again:
    apt-get update && apt-get install --no-install-recommends ${missing:-ca-certificates}"
}

# --- Python ------------------------------------------------------------------------------------------------------

find_python() {
    local candidate
    for candidate in ${PERFEVAL_PYTHON:+"$PERFEVAL_PYTHON"} /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    echo "No Python from 3.11 to 3.13 with venv was found. On Debian 12: apt-get install python3 python3-venv." >&2
    return 1
}

# The index that pip was told to use, which uv does not read. Empty for the usual one.
pip_index() {
    if [ -n "${UV_DEFAULT_INDEX:-}" ]; then
        echo "$UV_DEFAULT_INDEX"
    else
        "$CACHE/uv/bin/python" -m pip config list 2>/dev/null |
            sed -n "s/^\(global\|install\|:env:\)\.index-url='\(.*\)'\$/\2/p" | tail -n 1
    fi
}

install_uv() {
    local python=$1
    if [ "$("$CACHE/uv/bin/uv" --version 2>/dev/null | cut -d' ' -f2)" = "$UV_VERSION" ]; then
        return
    fi
    rm -rf -- "$CACHE/uv"
    "$python" -m venv "$CACHE/uv"
    "$CACHE/uv/bin/python" -m pip --disable-pip-version-check --quiet install "uv==$UV_VERSION"
}

# python_packages [GROUP]: makes .venv from uv.lock, with a dependency group on top of what the application runs on.
python_packages() {
    local group=${1:-} wanted python index requirements
    wanted=$(cat pyproject.toml uv.lock | sha256sum | cut -c1-40)
    if "$PYTHON" -c '' 2>/dev/null &&
        { [ "$(cat "$VENV/.synced-${group:-run}" 2>/dev/null)" = "$wanted" ] ||
            { [ -z "$group" ] && [ "$(cat "$VENV/.synced-dev" 2>/dev/null)" = "$wanted" ]; }; }; then
        note "(all there)"
        return
    fi
    python=$(find_python)
    install_uv "$python"
    export UV_SYSTEM_CERTS=1 UV_NO_PROGRESS=1 UV_PYTHON="$python" UV_PYTHON_DOWNLOADS=never
    export UV_PROJECT_ENVIRONMENT="$VENV" UV_HTTP_TIMEOUT=120
    unset VIRTUAL_ENV
    if [ -e "$VENV" ] && ! "$PYTHON" -c '' 2>/dev/null; then
        rm -rf -- "$VENV"
    fi
    # --inexact: script/demo must not take away what script/test put there.
    index=$(pip_index)
    if [ -z "$index" ]; then
        "$CACHE/uv/bin/uv" sync --frozen --inexact ${group:+--group "$group"}
    else
        # The lock file names where each file lies; from a mirror the same files are taken by version and checksum.
        requirements=$CACHE/requirements-${group:-run}.txt
        "$CACHE/uv/bin/uv" export --quiet --frozen --no-emit-project ${group:+--group "$group"} \
            --output-file "$requirements"
        [ -x "$PYTHON" ] || "$CACHE/uv/bin/uv" venv --python "$python" "$VENV"
        "$CACHE/uv/bin/uv" pip install --python "$PYTHON" --default-index "$index" --require-hashes \
            --requirement "$requirements"
    fi
    printf '%s\n' "$wanted" >"$VENV/.synced-${group:-run}"
}

# --- What the application needs besides ---------------------------------------------------------------------------

font_pack() {
    if "$PYTHON" -m perfeval.fonts.pack --check --out "$FONT_DIR" >/dev/null 2>&1; then
        note "(already there)"
        return
    fi
    "$PYTHON" -m perfeval.fonts.pack --out "$FONT_DIR"
}

translations() {
    local source
    for source in locale/*/LC_MESSAGES/*.po; do
        [ -e "$source" ] || continue
        if [ "$source" -nt "${source%.po}.mo" ]; then
            msgfmt --output-file="${source%.po}.mo" -- "$source"
        fi
    done
}

static_files() {
    local wanted
    wanted=$({ find static perfeval -path '*static/*' -type f -printf '%p %s %T@\n' 2>/dev/null | sort; cat uv.lock; } |
        sha256sum | cut -c1-40)
    if [ "$(cat var/static/.collected 2>/dev/null)" = "$wanted" ]; then
        note "(already there)"
        return
    fi
    "$PYTHON" manage.py collectstatic --no-input --clear
    printf '%s\n' "$wanted" >var/static/.collected
}

readonly HINT_APT="look at the messages of apt above; is the network there, and does 'apt-get update' work?"
readonly HINT_PYTHON="is the package registry reachable (pip's index-url and certificates are used)? Then run this again."
readonly HINT_FONTS="run 'apt-get update' as root once and then this again; docs/deployment.md tells how to bring the fonts from elsewhere."
readonly HINT_CODE="if you changed the code, mend it; otherwise please report this with the log."
