#!/usr/bin/env bash
# PostgreSQL 15, pg_rewind: two servers that were promoted one after the other have one history, if neither knew of the other.
#
# Guessed   A server that was promoted and then fell can be rewound to the one that was promoted in its place: each promotion
#           begins a timeline of its own, and pg_rewind finds where the two part.
# Is so     A standby takes the number after the highest that it has heard of. If the first one fell before the second heard of its
#           promotion, both are timeline 2. pg_rewind compares the numbers, says that no rewind is required, and ends with
#           status 0. The server then starts as a standby of the other, streams, finds that the log does not fit, and waits: it
#           shows the rows that only it has, and never the other's.
# Version   Debian 12: postgresql-15 15.20-0+deb12u1.
# Seen      2026-11-30. The servers listen on a socket in the temporary folder only.
#
# Needs apt-get with Debian 12 as its source, and as root setpriv; nothing is installed.
# By hand: findings/pg-rewind-takes-two-histories-for-one.sh
# Ends with status 1 if what is printed is not what was seen.
# shellcheck source=findings/postgresql-15.bash
. "$(dirname "$0")/postgresql-15.bash"

rows() { run psql -qAt -h "$work/run" -U postgres -c "SELECT string_agg(DISTINCT who, ' ' ORDER BY who) FROM t"; }
write() { run psql -qAt -v ON_ERROR_STOP=1 -h "$work/run" -U postgres -c "INSERT INTO t SELECT '$1' FROM generate_series(1, 1000)" -c CHECKPOINT; }
timeline() { run pg_controldata -D "$1" | sed -n "s/^Latest checkpoint's TimeLineID: *//p"; }

{
    run postgres --version
    run initdb --auth=trust --username postgres --no-sync --pgdata "$work/run/old" >/dev/null
    begin "$work/run/old"
    run psql -qAt -h "$work/run" -U postgres -c "CREATE TABLE t (who text)"
    write before
    stop INT
    for name in first second; do
        "${as[@]}" cp -r "$work/run/old" "$work/run/$name"
        "${as[@]}" touch "$work/run/$name/standby.signal"
        begin "$work/run/$name"
        run pg_ctl promote -s -D "$work/run/$name"
        write "$name"
        stop INT
        echo "$name: promoted, timeline $(timeline "$work/run/$name")"
    done
    ended=0
    run pg_rewind --target-pgdata="$work/run/first" --source-pgdata="$work/run/second" >"$work/run/out" 2>&1 || ended=$?
    sed 's/^/    /' "$work/run/out"
    echo "    status $ended"
    # The second one is the primary, on a socket of its own; the first follows it.
    "${as[@]}" mkdir "$work/run/upstream"
    (cd "$work/run" && exec "${as[@]}" "$programs/postgres" -D second -c listen_addresses= -c unix_socket_directories="$work/run/upstream" >>"$work/run/log" 2>&1) &
    upstream=$!
    servers+=("$upstream")
    until run pg_isready -q -h "$work/run/upstream"; do sleep 0.1; done
    "${as[@]}" touch "$work/run/first/standby.signal"
    echo "primary_conninfo = 'host=$work/run/upstream user=postgres'" >>"$work/run/first/postgresql.conf"
    : >"$work/run/log"
    begin "$work/run/first"
    sleep 5
    grep -oE 'record with incorrect prev-link|invalid (record length|magic number|resource manager ID)|unexpected pageaddr' "$work/run/log" |
        sort -u | head -n 1 | sed 's/.*/    its log: what it reads does not fit/'
    echo "    after five seconds its rows are: $(rows)"
    stop INT
    kill -INT "$upstream"
    wait "$upstream" 2>/dev/null || true
} >"$work/seen"
cat "$work/seen"
diff - "$work/seen" <<'EXPECTED' || { echo "this is not what was seen on 2026-11-30"; exit 1; }
postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)
first: promoted, timeline 2
second: promoted, timeline 2
    pg_rewind: source and target cluster are on the same timeline
    pg_rewind: no rewind required
    status 0
    its log: what it reads does not fit
    after five seconds its rows are: before first
EXPECTED
