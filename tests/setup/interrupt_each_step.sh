#!/usr/bin/env bash
# Interrupts script/demo at every step, as Ctrl-C does, and shows that a run after it succeeds and that nothing is left.
#
#   tests/setup/interrupt_each_step.sh [--yes [MOMENT...]]
#
# For a bare Debian 12 that may be thrown away, a container or a chroot: it installs packages and removes them again,
# and deletes .venv, .cache and var of this checkout between its cases. A whole run takes half an hour and downloads
# about 2 GB. Without --yes it only tells what it would do.

set -eu
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."

LOG=var/log/demo.log
OUT=$(mktemp)
trap 'rm -f -- "$OUT"' EXIT
export UV_CACHE_DIR=$PWD/.cache/uv-cache # to be emptied between the cases

# MOMENT | STEP | what is true when it has come
moments() {
    cat <<'END'
lists|System packages|logged '^Get:[0-9]+ '
download|System packages|logged '^Need to get'
unpacking|System packages|logged '^Unpacking .*pango'
configuring|System packages|logged '^Setting up '
uv|Python packages|[ -d .cache/uv/lib ]
wheels|Python packages|[ -d .cache/uv-cache ]
installing|Python packages|there 5 .venv/lib/python3*/site-packages/*.dist-info
font-download|Fonts|there 1 var/.fonts-*/*.deb var/.fonts-*/partial/*
font-unpack|Fonts|logged 'downloaded [0-9]+ MB'
font-making|Fonts|logged ' s  unpacked'
font-late|Fonts|logged 'Perfeval Hei: '
translations|Translations|titled Translations
static|Static files|[ -d var/static ]
database|Database|logged 'Applying reports'
schemes|Example reports|rows 3 schemes_scheme
reports|Example reports|rows 1 reports_report
END
}

logged() { grep -Eqs -- "$1" "$LOG"; }
titled() { grep -qsF "$1 …" "$OUT"; }
# there NUMBER FILE...: at least as many of these files are there.
there() {
    local wanted=$1 file found=0
    shift
    for file in "$@"; do
        [ ! -e "$file" ] || found=$((found + 1))
    done
    [ "$found" -ge "$wanted" ]
}
# rows NUMBER TABLE: at least as many rows are in a table of the database.
rows() {
    python3 - "$@" 2>/dev/null <<'END'
import sqlite3, sys
found, = sqlite3.connect("file:var/perfeval.sqlite3?mode=ro", uri=True).execute(f"SELECT count(*) FROM {sys.argv[2]}").fetchone()
sys.exit(found < int(sys.argv[1]))
END
}
# members GROUP: the processes of a process group.
members() {
    local stat fields
    for stat in /proc/[0-9]*/stat; do
        read -r fields <"$stat" 2>/dev/null || continue
        # After the name, which may hold blanks: state, parent, group.
        # shellcheck disable=SC2086
        set -- "$1" ${fields##*) }
        if [ "$4" = "$1" ]; then
            echo "process ${stat//[!0-9]/}"
        fi
    done
}

# begin_with STEP: takes away what this step and the ones after it made.
begin_with() {
    local step=$1 package remove=()
    rm -rf -- var/log
    case $step in
    "System packages")
        # shellcheck disable=SC2013 # one package a line
        for package in $(awk '$1 == "run" { print $2 }' script/packages.txt); do
            case " $KEPT " in *" $package "*) ;; *) remove+=("$package") ;; esac
        done
        if [ ${#remove[@]} -gt 0 ]; then
            apt-get -qq -y purge --autoremove "${remove[@]}" >/dev/null 2>&1 || true
        fi
        apt-get -qq clean
        rm -rf -- /var/lib/apt/lists/*
        ;;
    "Python packages") rm -rf -- .venv .cache ;;
    "Fonts") rm -rf -- var/fonts ;;
    "Translations") find locale -name '*.mo' -delete ;;
    "Static files") rm -rf -- var/static ;;
    *) rm -rf -- var/perfeval.sqlite3* .cache/load_demo.out ;;
    esac
}

# Prints what an interrupted run left that it should not have.
leftovers() {
    compgen -G '/usr/sbin/policy-rc.d' || true
    compgen -G 'var/.fonts-*' || true
    find /var/lib/dpkg/updates -type f 2>/dev/null || true
    dpkg --audit | head -n 1
    members "$1"
}

# Prints what a finished set-up lacks: packages of which a file is missing, damaged fonts, missing examples.
damage() {
    .venv/bin/python - <<'END'
from importlib.metadata import distributions
for found in distributions():
    for file in found.files or []:
        kept = file.locate()
        if not kept.exists() and kept.suffix != ".pyc":
            print("missing", kept)
        elif file.size is not None and kept.stat().st_size != file.size:
            print("cut short", kept)
END
    .venv/bin/python -m perfeval.fonts.pack --check >/dev/null || echo "fonts"
    [ "$(.venv/bin/python manage.py shell --verbosity 0 -c '
from perfeval.reports.models import Report
from perfeval.schemes.models import Scheme
print(Scheme.objects.filter(state="issued").count(), *Report.objects.order_by("scheme__year").values_list("state", flat=True))')" = \
        "9 published draft" ] || echo "examples"
}

run_until() {
    local condition=$1 pid from status=0
    set -m # a process group of its own, in which SIGINT is not ignored
    script/demo --no-serve >"$OUT" 2>&1 &
    pid=$!
    set +m
    while kill -0 "$pid" 2>/dev/null && ! eval "$condition"; do
        sleep 0.02
    done
    from=$(date +%s%N)
    kill -INT -- "-$pid" 2>/dev/null || true
    wait "$pid" || status=$?
    ENDED_AFTER=$((($(date +%s%N) - from) / 1000000))
    ENDED_WITH=$status
    LEFT=$(leftovers "$pid" | tr '\n' ' ' | cut -c1-300)
}

failed=0
case_of() {
    local moment=$1 step=$2 condition=$3 status=0 told verdict=ok damaged
    begin_with "$step"
    run_until "$condition"
    # A step that takes no time may have ended before the signal came.
    told=$(sed -n 's/^Stopped in the step "\([^"]*\)".*/\1/p; s/^Stopped\. .*/between steps/p' "$OUT")
    script/demo --no-serve >"$OUT" 2>&1 || status=$?
    damaged=$({
        damage
        leftovers -
    } 2>&1 | tr '\n' ' ' | cut -c1-300)
    if [ "$ENDED_WITH" -ne 130 ] || { [ "$told" != "$step" ] && [ "$told" != "between steps" ]; } || [ -n "$LEFT" ] || [ "$status" -ne 0 ] || [ -n "$damaged" ]; then
        verdict=WRONG
        failed=$((failed + 1))
        cat -- "$OUT" >&2
    fi
    printf '%-14s| %-16s| %6d ms, exit %3d | left: %-6s| next run: exit %d, damage: %-6s| %s\n' "$moment" "${told:-not told}" \
        "$ENDED_AFTER" "$ENDED_WITH" "${LEFT:-none}" "$status" "${damaged:-none}" "$verdict"
}

if [ "${1:-}" != --yes ]; then
    sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    moments | cut -d'|' -f1,2
    exit 0
fi
shift
KEPT=$(dpkg-query -W -f '${Package} ')
while IFS='|' read -r moment step condition <&4; do
    case " ${*:-$moment} " in
    *" $moment "*) case_of "$moment" "$step" "$condition" </dev/null ;;
    esac
done 4< <(moments)
[ "$failed" -eq 0 ]
