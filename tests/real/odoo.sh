#!/usr/bin/env bash
# A real Odoo 19 restaurant till on loopback, for tests and for the demo: Debian's package unpacked into a folder, PyPI
# libraries in a venv of its own, a private PostgreSQL, the Spanish chart of accounts with IVA.
#   odoo.sh start DIR    brings it up (80 s from nothing, then 3 s); prints its address and an API key, which also
#                        stand in DIR/url and DIR/api.key; DIR/waiter.key is that of a user who may use the till
#   odoo.sh stop DIR     ends it; what it knows stays
# Needs root, Debian with PostgreSQL (installed when it is missing), Python 3.10 to 3.13. 2 GB of disk, 190 MB resident.
# Exit status 4: Debian's suite has no package odoo-19 any more.
set -euo pipefail

say() { printf '%s\n' "odoo.sh: $*" >&2; }
[[ $# -eq 2 && $1 =~ ^(start|stop)$ ]] || { say "usage: odoo.sh start|stop DIR"; exit 2; }
W=$(realpath -m "$2")

postgres_bin() { find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1; }
alive() { [[ -f $1 ]] && kill -0 "$(head -1 "$1")" 2>/dev/null; }
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
healthy() { curl -sf -m 5 -o /dev/null "$(cat "$W/url")/web/health"; }

if [[ $1 == stop ]]; then
    if alive "$W/server.pid"; then kill "$(cat "$W/server.pid")" || true; fi
    for _ in $(seq 50); do
        alive "$W/server.pid" || break
        sleep 0.2
    done
    rm -f "$W/server.pid"
    if [[ -d $W/pg/data ]]; then su postgres -c "$(postgres_bin)/pg_ctl -D $W/pg/data -m fast stop" >/dev/null 2>&1 || true; fi
    exit 0
fi

mkdir -p "$W"
exec 9>"$W/lock"
flock 9
if alive "$W/server.pid" && healthy; then
    cat "$W/url" "$W/api.key"
    exit 0
fi

export DEBIAN_FRONTEND=noninteractive
if [[ -z $(postgres_bin) ]] || ! command -v curl >/dev/null; then
    say "installing postgresql and curl"
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql curl; } >"$W/apt.log" 2>&1 </dev/null ||
        { cat "$W/apt.log" >&2; exit 3; }
fi
PB=$(postgres_bin)

if [[ ! -d $W/root ]]; then
    # apt with lists of its own: the machine's package sources stay as they are, nothing is installed
    rm -rf "$W/apt" "$W/root.part"
    mkdir -p "$W"/apt/{lists/partial,cache/archives/partial}
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -1)
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" >"$W/apt/sources.list"
    options=(-o "Dir::Etc::sourcelist=$W/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::lists=$W/apt/lists"
        -o "Dir::Cache=$W/apt/cache" -o Dir::State::status=/dev/null -o APT::Sandbox::User=root)
    apt-get "${options[@]}" -qq update
    if ! apt-cache "${options[@]}" show odoo-19 >/dev/null 2>&1; then
        say "Debian's suite has no package odoo-19 any more"
        exit 4
    fi
    (cd "$W/apt" && apt-get "${options[@]}" -qq download odoo-19 libjs-jquery libjs-jquery-form libjs-underscore)
    for package in "$W"/apt/*.deb; do dpkg-deb -x "$package" "$W/root.part"; done
    mv "$W/root.part" "$W/root"
    rm -rf "$W/apt"
fi
if [[ ! -f $W/venv/ok ]]; then
    python3 -m venv --clear "$W/venv"
    # the libraries that Debian's package names, from PyPI
    "$W/venv/bin/pip" install -qq --disable-pip-version-check asn1crypto Babel cbor2 chardet cryptography python-dateutil docutils \
        geoip2 gevent greenlet idna Jinja2 libsass lxml lxml_html_clean MarkupSafe num2words ofxparse openpyxl pyOpenSSL Pillow \
        polib psutil psycopg2-binary pypdf pytz qrcode reportlab requests rjsmin pyserial python-stdnum urllib3 pyusb vobject \
        Werkzeug xlrd XlsxWriter xlwt zeep freezegun python-magic passlib phonenumbers 'setuptools<81'
    touch "$W/venv/ok"
fi

export PYTHONPATH=$W/root/usr/lib/python3/dist-packages HOME=$W/home
mkdir -p "$HOME"
[[ -f $W/pg.port ]] || free_port >"$W/pg.port"
PGP=$(cat "$W/pg.port")
options=(-c /dev/null --db_host 127.0.0.1 --db_port "$PGP" -r odoo -d pos --data-dir "$W/data" --addons-path "$PYTHONPATH/addons")
odoo() { "$W/venv/bin/python" -m odoo "$@"; }
start_postgres() {
    su postgres -c "$PB/pg_ctl -D $W/pg/data -w -s -l $W/pg/log -o '-p $PGP -k $W/pg -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=off -c full_page_writes=off' start" 9>&-
}

if [[ ! -f $W/api.key ]]; then
    if alive "$W/pg/data/postmaster.pid"; then su postgres -c "$PB/pg_ctl -D $W/pg/data -m immediate stop" >/dev/null; fi
    rm -rf "$W/pg" "$W/data"
    mkdir "$W/pg"
    chown postgres "$W/pg"
    su postgres -c "$PB/initdb -D $W/pg/data -A trust -E UTF8 --no-sync >/dev/null"
    start_postgres
    "$PB/psql" -q -h 127.0.0.1 -p "$PGP" -U postgres -c "create role odoo login createdb"
    install=(server "${options[@]}" --no-http --max-cron-threads 0 --without-demo --stop-after-init)
    odoo "${install[@]}" -i base >"$W/init1.log" 2>&1
    # the country before accounting, so that the Spanish chart and IVA come by themselves
    echo "env.company.country_id = env.ref('base.es'); env.cr.commit()" | odoo shell "${options[@]}" --no-http --log-level=error
    odoo "${install[@]}" -i point_of_sale,pos_restaurant >"$W/init2.log" 2>&1
    if grep -hE " (ERROR|CRITICAL) " "$W/init1.log" "$W/init2.log" >&2; then exit 5; fi
    odoo shell "${options[@]}" --no-http --log-level=error <<'PY' | awk -v a="$W/api.part" -v w="$W/waiter.key" '/APIKEY/ { print $2 > a; print $3 > w }'
from datetime import datetime, timedelta
groups = [env.ref('base.group_user').id, env.ref('point_of_sale.group_pos_user').id]
waiter = env['res.users'].create({'name': 'Waiter', 'login': 'waiter', 'group_ids': [(6, 0, groups)]})
made = [
    env['res.users.apikeys'].with_user(user)._generate('rpc', 'companion', datetime.now() + timedelta(days=90))
    for user in (env.ref('base.user_admin'), waiter)
]
print('APIKEY', *made)
env.cr.commit()
PY
    [[ -s $W/api.part && -s $W/waiter.key ]] || { say "Odoo gave no API key"; exit 5; }
    mv "$W/api.part" "$W/api.key"
elif ! su postgres -c "$PB/pg_ctl -D $W/pg/data status" >/dev/null 2>&1; then
    start_postgres
fi

if [[ ! -f $W/url ]]; then echo "http://127.0.0.1:$(free_port)" >"$W/url"; fi # kept: whoever uses it finds it again
nohup "$W/venv/bin/python" -m odoo server "${options[@]}" --db-filter '^pos$' --no-database-list --http-interface 127.0.0.1 \
    -p "$(sed 's/.*://' "$W/url")" --workers 0 --max-cron-threads 0 >>"$W/server.log" 2>&1 9>&- </dev/null &
echo $! >"$W/server.pid"
for _ in $(seq 300); do
    if healthy; then break; fi
    alive "$W/server.pid" || break
    sleep 0.2
done
healthy || { tail -20 "$W/server.log" >&2; exit 6; }
cat "$W/url" "$W/api.key"
