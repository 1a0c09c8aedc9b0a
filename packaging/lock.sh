#!/bin/sh
# Re-makes both lock files from pyproject.toml: newest versions, all systems and Pythons at once, with hashes.
#   sh packaging/lock.sh                 newest of everything
#   sh packaging/lock.sh --keep          keeps what is locked wherever pyproject.toml still allows it
# uv is taken from PyPI into a throw-away venv. No index is written into the locks.
set -eu
cd "$(dirname "$0")/.."

upgrade=--upgrade
[ "${1-}" = --keep ] && upgrade=

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check uv

compile() {
    "$work/venv/bin/uv" --quiet pip compile --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --custom-compile-command 'sh packaging/lock.sh' $upgrade "$@"
}

compile pyproject.toml --output-file packaging/requirements.lock >/dev/null
compile --group pyproject.toml:dev --constraints packaging/requirements.lock \
    --output-file packaging/requirements-dev.lock >/dev/null
