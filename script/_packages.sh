# shellcheck shell=sh
# Run by root with the names of Debian packages, which it installs (none: it only reads the package lists anew).
# _setup.sh hands the text over, not the file, for root may not be able to read a checkout of somebody else.
#
# Stopped at any moment it leaves a whole system behind. What it downloads may be stopped at once; from there on dpkg is
# at work, and a signal waits until it has ended, because a dpkg that is killed leaves a system on which no package can
# be installed. Killed without a word (kill -9, a power cut), it puts that right at its next start.

set -eu
umask 022 # that of the caller may hide what is installed from everybody else
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export DEBIAN_FRONTEND=noninteractive
export LC_ALL=C.UTF-8 # the hints of _setup.sh look for English messages

policy=${PERFEVAL_POLICY:-/usr/sbin/policy-rc.d}
updates=${PERFEVAL_DPKG_UPDATES:-/var/lib/dpkg/updates}
mark='# Put here by perfeval while it installs packages. If no set-up of it runs, delete this file.'
placed=no

is_ours() {
    [ -f "$policy" ] && grep -qxF -- "$mark" "$policy"
}

remove_policy() {
    if [ "$placed" = yes ]; then
        rm -f -- "$policy"
    fi
}

# A server package would start its service at once; a file that says no is put there for the time of the installation,
# unless the machine has its own. It is locked as long as this script or its apt-get is at work.
place_policy() {
    if is_ours; then
        exec 8<"$policy"
        flock --timeout 600 8 || true
        if is_ours; then
            echo "An earlier set-up was killed and left $policy; taken away."
            rm -f -- "$policy"
        fi
        exec 8<&-
    fi
    if [ ! -e "$policy" ] && [ ! -L "$policy" ]; then
        placed=yes
        printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >"$policy"
        exec 8<"$policy"
        flock 8
        chmod 755 "$policy"
    fi
}

say_on_terminal() {
    { printf '\n%s\n' "$1" >/dev/tty; } 2>/dev/null || true
}

stopped=
stop_later() {
    stopped=$1
    say_on_terminal "Stopping as soon as dpkg has ended, so that the system stays whole (some seconds)."
}

# to_its_end COMMAND...: runs a command out of the reach of signals.
to_its_end() {
    trap 'stop_later 130' INT
    trap 'stop_later 143' TERM
    trap 'stop_later 129' HUP
    # A session of its own: Ctrl-C goes to every process of the terminal, and apt-get lets it through to dpkg.
    setsid --wait -- "$@" </dev/null &
    child=$!
    status=0
    while :; do
        wait "$child" && status=0 || status=$?
        # A trapped signal ends the wait, not the child.
        kill -0 "$child" 2>/dev/null || break
    done
    if [ -n "$stopped" ]; then
        exit "$stopped"
    fi
    stop_at_once
    return "$status"
}

stop_at_once() {
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP
}

mend_dpkg() {
    if [ -z "$(ls -A -- "$updates" 2>/dev/null)" ] && [ -z "$(dpkg --audit 2>/dev/null)" ]; then
        return
    fi
    echo "dpkg was interrupted here before; putting that right."
    to_its_end dpkg --force-confdef --force-confold --configure -a ||
        to_its_end apt-get -q -y -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 --no-remove --no-install-recommends \
            --fix-broken install
}

trap remove_policy EXIT
stop_at_once
place_policy
if [ $# -gt 0 ]; then
    mend_dpkg
fi
apt-get -q -y update
if [ $# -gt 0 ]; then
    apt-get -q -y -o DPkg::Lock::Timeout=120 --no-install-recommends --download-only install "$@"
    to_its_end apt-get -q -y -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef \
        -o Dpkg::Options::=--force-confold --no-install-recommends install "$@"
fi
