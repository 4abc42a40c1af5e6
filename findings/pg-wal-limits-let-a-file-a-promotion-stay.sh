#!/usr/bin/env bash
# PostgreSQL 15: what is kept of the log is counted by the number of a file, and each promotion begins a file under the same number.
#
# Guessed   With max_wal_size at 32 MB, no wal_keep_size, no slot and no archive a checkpoint leaves two or three files of 16 MB,
#           however often a server was promoted.
# Is so     The name of a file is a timeline and a number. A checkpoint removes what has a lower number than it needs, and looks at
#           no timeline. A promotion begins a timeline with a whole file under the number of the last one, and the file of the
#           timeline before stays. So a server that is promoted often and written to little keeps 16 MB for each
#           promotion: twenty of them, and twenty checkpoints, leave more than 300 MB for less than 1 MB of log. The first
#           checkpoint after pg_switch_wal() lets go of them. With standbys it is the same on each of them.
# Version   Debian 12: postgresql-15 15.20-0+deb12u1.
# Seen      2026-11-30. The server listens on a socket in the temporary folder only.
#
# Needs apt-get with Debian 12 as its source, and as root setpriv; nothing is installed.
# By hand: findings/pg-wal-limits-let-a-file-a-promotion-stay.sh
# Ends with status 1 if what is printed is not what was seen.
# shellcheck source=findings/postgresql-15.bash
. "$(dirname "$0")/postgresql-15.bash"

data=$work/run/data
sql() { run psql -qAt -v ON_ERROR_STOP=1 -h "$work/run" -U postgres -c "$1"; }
kept() { find "$data/pg_wal" -maxdepth 1 -name '????????????????????????' | wc -l; }
settings=(-c wal_keep_size=0 -c max_wal_size=32MB -c min_wal_size=32MB)

{
    run postgres --version
    run initdb --auth=trust --username postgres --no-sync --pgdata "$data" >/dev/null
    begin "$data" "${settings[@]}"
    sql CHECKPOINT
    first=$(sql "SELECT pg_current_wal_insert_lsn()")
    echo "before: $(kept) files"
    for promotion in $(seq 20); do
        stop INT
        "${as[@]}" touch "$data/standby.signal"
        begin "$data" "${settings[@]}"
        run pg_ctl promote -s -w -D "$data"
        sql CHECKPOINT
        [ $((promotion % 10)) != 0 ] || echo "after $promotion promotions, each with a checkpoint: $(kept) files"
    done
    echo "less than 1 MB of log was written: $(sql "SELECT pg_current_wal_insert_lsn() - '$first' < 1000000")"
    sql "SELECT pg_switch_wal()" >/dev/null
    sql CHECKPOINT
    echo "after pg_switch_wal() and a checkpoint: $(kept) files"
} >"$work/seen"
cat "$work/seen"
diff - "$work/seen" <<'EXPECTED' || { echo "this is not what was seen on 2026-11-30"; exit 1; }
postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)
before: 1 files
after 10 promotions, each with a checkpoint: 11 files
after 20 promotions, each with a checkpoint: 21 files
less than 1 MB of log was written: t
after pg_switch_wal() and a checkpoint: 2 files
EXPECTED
