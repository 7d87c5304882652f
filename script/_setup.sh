# shellcheck shell=bash disable=SC2034 # what is set here is read by the scripts
# Sourced by the scripts of this folder: finds the root, shows the steps, installs what is missing and only that.

set -euo pipefail

ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
cd -- "$ROOT"

VENV=$ROOT/.venv
VENV_COMPLETE=$VENV/.complete
PYTHON=$VENV/bin/python
export PYTHONUTF8=1 # whatever the locale says, files and output are UTF-8
CACHE=$ROOT/.cache
LOG_DIR=$ROOT/var/log
LOG=$LOG_DIR/setup.log
UV_VERSION=0.13.9
FONT_DIR=${PERFEVAL_FONT_DIR:-$ROOT/var/fonts}
FONT_PACKAGES="texlive-lang-chinese fonts-noto-cjk fonts-lxgw-wenkai"

STEP=0
STEPS=0
STEP_TITLE=
BEGAN=$SECONDS

die() {
    printf '\n%s\n' "$*" >&2
    exit 1
}

# --- Ctrl-C --------------------------------------------------------------------------------------------------------
# One Ctrl-C (or a closed terminal, or kill) ends the step that runs, and with it the script. Every step writes aside and
# moves, or marks its work complete as its last act, so that a run after it goes on from there.

stopped() {
    trap '' INT TERM HUP
    printf '\n\nStopped%s. Nothing half made will be used: run the same command again and it goes on from there.\n' \
        "${STEP_TITLE:+ in the step \"$STEP_TITLE\"}" >&2
    # Dies of the signal, so that a loop around this script ends too.
    trap - "$1"
    kill -s "$1" $$
}

stoppable() {
    trap 'stopped INT' INT
    trap 'stopped TERM' TERM
    trap 'stopped HUP' HUP
}

# --- Steps ---------------------------------------------------------------------------------------------------------

# hint_of TEXT HINT: what to do about the failure that the text tells of; the hint where it tells of nothing known.
hint_of() {
    case $1 in
    *"No space left on device"* | *"os error 28"* | *"Errno 28"* | *"don't have enough free space"*)
        echo "the disk is full; 'df -h' tells which. Then run this again."
        ;;
    *"Could not get lock"* | *"is locked by another process"* | *"is another process using it"*)
        echo "another program installs packages on this system; wait until it has ended, then run this again."
        ;;
    *"dpkg was interrupted"* | *"Sub-process /usr/bin/dpkg returned an error"* | *"Unmet dependencies"*)
        echo "packages of this system are half installed; have root run
    dpkg --configure -a && apt-get --fix-broken install
and look at what they say. Then run this again."
        ;;
    *"Unable to locate package"* | *"has no installation candidate"*)
        echo "apt does not know a package; are Debian 12 and its section main in /etc/apt/sources.list or sources.list.d?"
        ;;
    *"/secret_key"*) echo "what its last line says." ;;
    *"Temporary failure resolving"* | *"Could not resolve"* | *"Could not connect"* | *"Connection failed"* | \
        *"Failed to fetch"* | *"error sending request"* | *"dns error"* | *"Failed to establish a new connection"* | \
        *"Network is unreachable"*)
        echo "the network did not answer; is it there, and a proxy or mirror set where one is needed? Then run this again."
        ;;
    *) echo "$2" ;;
    esac
}

# step TITLE HINT COMMAND...: runs a command with its output in the log and tells how long it took. A command may write
# one line into $NOTE. When it fails, the end of its output and the hint are shown.
step() {
    local title=$1 hint=$2 from=$SECONDS status=0 lines told
    shift 2
    STEP=$((STEP + 1))
    STEP_TITLE=$title
    printf '[%d/%d] %s … ' "$STEP" "$STEPS" "$title"
    mkdir -p -- "$LOG_DIR" "$CACHE"
    NOTE=$CACHE/note
    : >"$NOTE"
    printf '\n== %s  %s\n' "$(date '+%Y-%m-%d %H:%M:%S')" "$title" >>"$LOG"
    lines=$(wc -l <"$LOG")
    # A subshell of its own, so that set -e holds inside it; "|| status" would switch it off.
    set +e
    (
        trap 'exit 130' INT
        trap 'exit 143' TERM
        trap 'exit 129' HUP
        set -e
        "$@"
    ) >>"$LOG" 2>&1
    status=$?
    set -e
    if [ "$status" -ne 0 ]; then
        printf 'FAILED after %d s\n\n' "$((SECONDS - from))"
        told=$(tail -n +"$((lines + 1))" -- "$LOG" | tail -n 20)
        {
            printf 'The step "%s" failed. Its last lines (all of them in %s):\n\n' "$title" "$LOG"
            printf '%s\n' "$told" | sed 's/^/    /'
            printf '\nWhat to do: %s\n' "$(hint_of "$told" "$hint")"
        } >&2
        exit "$status"
    fi
    printf '%d s%s\n' "$((SECONDS - from))" "$(sed '1s/^/  /;1q' "$NOTE")"
    STEP_TITLE=
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
    stoppable
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
    trap - INT TERM HUP
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
    local missing status=0
    missing=$(missing_packages "$@" | tr '\n' ' ')
    if [ -z "$missing" ] && ! policy_left && { font_pack_is_there || font_packages_known; }; then
        note "(all there)"
        return
    fi
    # shellcheck disable=SC2086 # one argument a package
    as_root sh -c "$(cat script/_packages.sh)" sh $missing </dev/null || status=$?
    if [ -n "$missing" ]; then
        note "(installed: ${missing% })"
    fi
    return "$status"
}

# A set-up that was killed while it installed left the file with which no service starts.
policy_left() {
    grep -qsF "Put here by perfeval" /usr/sbin/policy-rc.d
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
    if [ -z "$missing" ] && ! policy_left && { font_pack_is_there || font_packages_known; }; then
        return
    fi
    if [ "$(id -u)" -eq 0 ]; then
        return
    fi
    if command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }; }; then
        return
    fi
    if policy_left; then
        die "A set-up that was killed left /usr/sbin/policy-rc.d, with which no service of this system starts.
What to do: have root delete that file, then run this script again."
    fi
    die "Packages of the system are missing, and $(id -un) may not install them.
What to do: have root run this once, then run this script again:
    apt-get update && apt-get install --no-install-recommends ${missing:-ca-certificates}"
}

# --- Disk ----------------------------------------------------------------------------------------------------------

# What each part takes in MB while it is made, measured on Debian 12 and rounded up. README.md says the same.
readonly MB_PACKAGES_RUN=300 MB_PACKAGES_TEST=1500 MB_PYTHON_RUN=400 MB_PYTHON_DEV=750 MB_FONTS=700 MB_DATA=50

# What --help says of it.
space_text() {
    case " $* " in
    *" test "*)
        echo "The first time it downloads about 750 MB and needs 3.5 GB of free disk while it runs; 2.5 GB stay in use."
        ;;
    *)
        echo "The first time it downloads about 350 MB and needs 1.5 GB of free disk while it runs; 0.7 GB stay in use."
        ;;
    esac
}

# Prints "MOUNT FREE-MB" of the file system on which a path lies or would lie.
space_at() {
    local path=$1
    while [ ! -e "$path" ]; do
        path=$(dirname -- "$path")
    done
    df -P -k -- "$path" 2>/dev/null | awk 'NR == 2 { free = int($4 / 1024); $1 = $2 = $3 = $4 = $5 = ""; sub(/^ +/, ""); print free, $0 }'
}

# require_space GROUP...: groups of packages, and lint, which needs no fonts. Ends the script, before anything is begun,
# where the disk cannot take what is missing.
require_space() {
    local parts=("$MB_DATA $ROOT/var") part mb path free mount problems=
    local -A need=() have=()
    if [ -n "$(missing_packages run)" ]; then
        parts+=("$MB_PACKAGES_RUN /var/cache/apt")
    fi
    case " $* " in
    *" test "*)
        if [ -n "$(missing_packages test)" ]; then parts+=("$MB_PACKAGES_TEST /usr"); fi
        ;;
    esac
    if [ ! -e "$VENV_COMPLETE" ]; then
        case " $* " in
        *" test "* | *" lint "*) parts+=("$MB_PYTHON_DEV $VENV") ;;
        *) parts+=("$MB_PYTHON_RUN $VENV") ;;
        esac
    fi
    case " $* " in
    *" lint "*) ;;
    *)
        if ! font_pack_is_there; then parts+=("$MB_FONTS $FONT_DIR"); fi
        ;;
    esac
    for part in "${parts[@]}"; do
        mb=${part%% *}
        path=${part#* }
        read -r free mount <<<"$(space_at "$path")" || continue
        [ -n "$mount" ] || continue
        need[$mount]=$((${need[$mount]:-0} + mb))
        have[$mount]=$free
    done
    for mount in "${!need[@]}"; do
        if [ "${have[$mount]}" -lt "${need[$mount]}" ]; then
            problems="$problems
    $mount has ${have[$mount]} MB free, and what is missing takes ${need[$mount]} MB while it is made"
        fi
    done
    if [ -n "$problems" ]; then
        die "The disk is too full:$problems
What to do: make room, or move this folder to a larger disk; then run this again."
    fi
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

# .venv/.complete says for which group and which lock file every package was installed. It is taken away before the first
# of them changes and written after the last: a .venv without it may hold half a package that uv takes for a whole one.

venv_is_complete() {
    local group=$1 wanted=$2 kept
    "$PYTHON" -c '' 2>/dev/null || return 1
    kept=$(cat -- "$VENV_COMPLETE" 2>/dev/null) || return 1
    [ "$kept" = "${group:-run} $wanted" ] || [ "$kept" = "dev $wanted" ]
}

# python_packages [GROUP]: makes .venv from uv.lock, with a dependency group on top of what the application runs on.
python_packages() {
    local group=${1:-} wanted python index requirements
    wanted=$(cat pyproject.toml uv.lock | sha256sum | cut -c1-40)
    if venv_is_complete "$group" "$wanted"; then
        note "(all there)"
        return
    fi
    python=$(find_python)
    install_uv "$python"
    export UV_SYSTEM_CERTS=1 UV_NO_PROGRESS=1 UV_PYTHON="$python" UV_PYTHON_DOWNLOADS=never
    export UV_PROJECT_ENVIRONMENT="$VENV" UV_HTTP_TIMEOUT=120
    unset VIRTUAL_ENV
    if [ -e "$VENV" ] && { ! "$PYTHON" -c '' 2>/dev/null || [ ! -e "$VENV_COMPLETE" ]; }; then
        echo "The .venv that is here was not finished, or not by this script: made anew."
        rm -rf -- "$VENV"
    fi
    rm -f -- "$VENV_COMPLETE"
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
    printf '%s\n' "${group:-run} $wanted" >"$VENV_COMPLETE.new"
    mv -f -- "$VENV_COMPLETE.new" "$VENV_COMPLETE"
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
            msgfmt --output-file="${source%.po}.new.mo" -- "$source"
            mv -f -- "${source%.po}.new.mo" "${source%.po}.mo"
        fi
    done
}

static_files() {
    local wanted
    wanted=$({ find static perfeval -path '*static/*' -type f -printf '%p %s %T@\n' 2>/dev/null | LC_ALL=C sort; cat uv.lock; } |
        sha256sum | cut -c1-40)
    if [ "$(cat var/static/.collected 2>/dev/null)" = "$wanted" ]; then
        note "(already there)"
        return
    fi
    rm -f -- var/static/.collected
    "$PYTHON" manage.py collectstatic --no-input --clear
    printf '%s\n' "$wanted" >var/static/.collected
}

readonly HINT_APT="look at the messages of apt above; is the network there, and does 'apt-get update' work?"
readonly HINT_PYTHON="is the package registry reachable (pip's index-url and certificates are used)? Then run this again."
readonly HINT_FONTS="run 'apt-get update' as root once and then this again; docs/deployment.md tells how to bring the fonts from elsewhere."
readonly HINT_CODE="if you changed the code, mend it; otherwise please report this with the log."
