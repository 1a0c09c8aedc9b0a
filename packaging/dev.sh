#!/bin/sh
# From a bare machine to the running program:
#   sh packaging/dev.sh demo [ARGS]    sets up what is missing, then .venv/bin/sinqro-companion demo ARGS
#   sh packaging/dev.sh test [ARGS]    sets up what is missing, then .venv/bin/pytest ARGS (none: in two processes)
#   sh packaging/dev.sh setup          only sets up
# It needs Python 3.11 to 3.14. What it makes is the folder .venv, from the hashed lock files; as root on
# Debian or Ubuntu it also installs the system libraries that Qt needs, otherwise it names the line that does.
set -eu

say() { printf '%s\n' "dev.sh: $*" >&2; }
die() { say "$*"; exit 1; }
usage() { say "usage: sh packaging/dev.sh demo|test|setup [ARGS]"; exit 2; }

[ $# -ge 1 ] || usage
mode=$1
shift
case $mode in
    demo | test) ;;
    setup) [ $# -eq 0 ] || usage ;;
    *) usage ;;
esac

cd "$(dirname "$0")/.."
root=$(pwd -P)
venv=$root/.venv
stamp=$venv/.dev-stamp
inputs="packaging/requirements.lock packaging/requirements-dev.lock pyproject.toml packaging/dev.sh"

# What Qt and its xcb and Wayland plugins load and a bare Debian lacks; strace slows the disk in a benchmark.
libraries="libglib2.0-0 libwayland-cursor0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libegl1 libgl1 libxkbcommon-x11-0 libxcb-image0
    libxcb-render-util0 libxcb-randr0 libxcb-shape0 libxcb-xkb1 libdbus-1-3 libfontconfig1"

is_root() { [ "$(id -u)" -eq 0 ]; }

is_debian() { command -v dpkg-query >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1; }

# The names among the arguments that dpkg does not know as installed. (Newer systems add t64 to some names.)
missing_packages() {
    names=
    for package; do names="$names $package ${package}t64"; done
    # shellcheck disable=SC2086
    known=" $(dpkg-query -W -f '${Package}:${db:Status-Status}\n' $names 2>/dev/null | sed 's/t64:/:/' | tr '\n' ' ') "
    for package; do
        case $known in
            *" $package:installed "*) ;;
            *) printf ' %s' "$package" ;;
        esac
    done
}

apt_install() {
    say "installing with apt:$*"
    export DEBIAN_FRONTEND=noninteractive
    log=$(mktemp)
    # shellcheck disable=SC2068
    if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends $@; } </dev/null >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        die "apt failed to install:$*"
    fi
    rm -f "$log"
}

system_libraries() {
    is_debian || return 0
    wanted=$libraries
    if [ "$mode" = test ] && is_root; then wanted="$wanted strace"; fi
    # shellcheck disable=SC2086
    missing=$(missing_packages $wanted)
    [ -n "$missing" ] || return 0
    if is_root; then
        apt_install "$missing"
        return 0
    fi
    say "Qt needs system libraries that are missing here. Run this once, then start again:"
    say "  sudo apt-get install --no-install-recommends$missing"
    # Without a window nothing of Qt is loaded.
    [ "$headless" = yes ] || exit 1
}

fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' >/dev/null 2>&1; }

# Sets $python.
choose_python() {
    for python in python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$python" >/dev/null 2>&1 && fits "$python"; then return 0; fi
    done
    die "Python 3.11 to 3.14 is needed; found $(python3 --version 2>/dev/null || echo none)."
}

checksums() { printf '%s\n' "$root"; cksum $inputs; }

make_venv() {
    # A .venv that was moved, broken off or made by another Python is made anew.
    if [ -x "$venv/bin/python" ] && fits "$venv/bin/python" && grep -qF "$venv" "$venv/pyvenv.cfg" 2>/dev/null &&
        "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        return 0
    fi
    choose_python
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        package="$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
        if is_debian && is_root; then
            apt_install " $package"
        else
            die "$python has no venv module. Run this once, then start again: sudo apt-get install $package"
        fi
    fi
    "$python" -m venv --clear "$venv" || die "could not make $venv"
}

pip_install() {
    PIP_USER=0 "$venv/bin/python" -m pip install -q -q --disable-pip-version-check --no-input "$@" </dev/null >&2
}

set_up() {
    if [ -f "$stamp" ] && [ -x "$venv/bin/python" ] && [ "$(checksums)" = "$(cat "$stamp")" ]; then return 0; fi
    say "setting up .venv (the first time this takes a minute or two)"
    rm -f "$stamp"
    make_venv
    pip_install --require-hashes --only-binary :all: -r packaging/requirements.lock \
        -r packaging/requirements-dev.lock || die "the locked packages could not be installed"
    pip_install --no-deps --no-build-isolation -e . || die "the package itself could not be installed"
    for command in sinqro-companion pytest mypy ruff lint-imports; do
        [ -x "$venv/bin/$command" ] || die "$venv/bin/$command is missing after the installation"
    done
    checksums >"$stamp.new"
    mv "$stamp.new" "$stamp" # only a whole setup leaves a stamp
    say "set up"
}

headless=no
if [ "$mode" = demo ]; then
    for argument; do [ "$argument" != --headless ] || headless=yes; done
    if [ "$headless" = no ] && [ "$(uname -s)" = Linux ] && [ -z "${DISPLAY-}${WAYLAND_DISPLAY-}${QT_QPA_PLATFORM-}" ]; then
        say "no screen here (DISPLAY and WAYLAND_DISPLAY are not set): the demo runs headless"
        headless=yes
        set -- --headless "$@"
    fi
fi

system_libraries
set_up
case $mode in
    demo) exec "$venv/bin/sinqro-companion" demo "$@" ;;
    test)
        [ $# -gt 0 ] || set -- -n 2 --dist loadgroup
        exec "$venv/bin/pytest" "$@"
        ;;
    setup) ;;
esac
