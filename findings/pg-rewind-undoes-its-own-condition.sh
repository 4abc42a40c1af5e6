#!/usr/bin/env bash
# PostgreSQL 15, pg_rewind: it recovers a crashed server first, and by that takes away what it then demands.
#
# Guessed   A server that ran with wal_log_hints=on, as its control file says, can be rewound after a crash: pg_rewind recovers
#           it in single-user mode and goes on.
# Is so     The recovery notes in the control file the setting that it itself runs with. Where the setting came from the command
#           line, that is `off`, and pg_rewind ends with the demand for wal_log_hints=on or checksums. It stays so when it is run
#           again, with --no-ensure-shutdown too. After a clean stop the same data are rewound. A --config-file with the
#           setting, or a recovery by hand with it, helps if it comes before the first try.
# Version   Debian 12: postgresql-15 15.20-0+deb12u1 (initdb without checksums, as is its default).
# Seen      2026-11-30. The servers listen on a socket in the temporary folder only.
#
# Needs apt-get with Debian 12 as its source, and as root setpriv; nothing is installed.
# By hand: findings/pg-rewind-undoes-its-own-condition.sh
# Ends with status 1 if what is printed is not what was seen.
# shellcheck source=findings/postgresql-15.bash
. "$(dirname "$0")/postgresql-15.bash"

hints() { run pg_controldata -D "$1" | sed -n 's/^wal_log_hints setting: *//p'; }

write() { run psql -qAt -v ON_ERROR_STOP=1 -h "$work/run" -U postgres -c "SET client_min_messages = error" -c "CREATE TABLE IF NOT EXISTS t (n int)" -c "INSERT INTO t SELECT generate_series(1, 1000)"; }

# rewind DATA: to the history of the other server.
rewind() {
    local ended=0
    run pg_rewind --target-pgdata="$1" --source-pgdata="$work/run/new" "${@:2}" >"$work/run/out" 2>&1 || ended=$?
    grep -E 'error|Done' "$work/run/out" | sed 's/^/    /' || true
    echo "    status $ended, wal_log_hints $(hints "$1")"
}

{
    run postgres --version
    run initdb --auth=trust --username postgres --no-sync --pgdata "$work/run/old" >/dev/null
    begin "$work/run/old"
    write
    stop INT
    # Another one goes on in a history of its own.
    "${as[@]}" cp -r "$work/run/old" "$work/run/new"
    "${as[@]}" touch "$work/run/new/standby.signal"
    begin "$work/run/new"
    run pg_ctl promote -s -D "$work/run/new"
    write
    run psql -qAt -h "$work/run" -U postgres -c CHECKPOINT
    stop INT
    begin "$work/run/old"
    write
    stop INT
    "${as[@]}" cp -r "$work/run/old" "$work/run/clean"
    begin "$work/run/old"
    write
    stop KILL
    "${as[@]}" cp -r "$work/run/old" "$work/run/helped"
    "${as[@]}" cp -r "$work/run/old" "$work/run/told"
    echo "stopped cleanly: wal_log_hints $(hints "$work/run/clean")"
    rewind "$work/run/clean"
    echo "crashed: wal_log_hints $(hints "$work/run/old")"
    rewind "$work/run/old"
    echo "the same again, without a recovery:"
    rewind "$work/run/old" --no-ensure-shutdown
    echo "crashed, and recovered by hand with the setting:"
    run postgres --single -F -D "$work/run/helped" -c wal_log_hints=on template1 </dev/null >/dev/null 2>&1
    rewind "$work/run/helped"
    echo "crashed, with a configuration file that has the setting:"
    echo "wal_log_hints = on" >"$work/run/told.conf"
    rewind "$work/run/told" --config-file="$work/run/told.conf"
} >"$work/seen"
cat "$work/seen"
diff - "$work/seen" <<'EXPECTED' || { echo "this is not what was seen on 2026-11-30"; exit 1; }
postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)
stopped cleanly: wal_log_hints on
    pg_rewind: Done!
    status 0, wal_log_hints on
crashed: wal_log_hints on
    pg_rewind: error: target server needs to use either data checksums or "wal_log_hints = on"
    status 1, wal_log_hints off
the same again, without a recovery:
    pg_rewind: error: target server needs to use either data checksums or "wal_log_hints = on"
    status 1, wal_log_hints off
crashed, and recovered by hand with the setting:
    pg_rewind: Done!
    status 0, wal_log_hints on
crashed, with a configuration file that has the setting:
    pg_rewind: Done!
    status 0, wal_log_hints on
EXPECTED
