#!/usr/bin/env bash
# Redis Sentinel 7.0.15: a replica that cannot be promoted is picked again at every attempt; a healthy one is never tried.
#
# Guessed   The best replica refuses its promotion. The failover is given up, and the next attempt takes the next replica,
#           which is healthy and has been waiting.
# Is so     Every attempt picks the replica of the best priority again, waits failover-timeout for its promotion and gives up.
#           The master stays lost while a healthy replica stands by. Of a failed attempt only its time is remembered.
# Version   Debian 12: redis-sentinel, redis-server, redis-tools 5:7.0.15-1~deb12u7.
# Seen      2026-11-30. The promotion fails since that replica's configuration has no command SLAVEOF, as hardened ones have.
#           The priorities are 10 and 100; a control with 100 and 10 shows that the other replica can be promoted.
#
# Needs apt-get with Debian 12 as its source; no root, nothing is installed. Four servers at a time listen on 127.0.0.1, for
# less than a minute, and are ended by their process ids. By hand: findings/sentinel-picks-the-same-again.sh
# Ends with status 1 if what is printed is not what was seen.
set -euo pipefail
work=$(mktemp -d)
pids=()
end() {
    for pid in "${pids[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
    pids=()
}
trap 'end; rm -rf "$work"' EXIT
mkdir -p "$work/debs/partial" "$work/unpacked"
apt-get install -y --download-only --no-install-recommends -o Debug::NoLocking=1 -o Dir::Cache::archives="$work/debs" \
    redis-server=5:7.0.15-1~deb12u7 redis-sentinel=5:7.0.15-1~deb12u7 redis-tools=5:7.0.15-1~deb12u7 >"$work/apt.log" 2>&1 || { cat "$work/apt.log"; exit 1; }
for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/unpacked"; done
LD_LIBRARY_PATH=$(find "$work/unpacked" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)
export LD_LIBRARY_PATH
bin=$(dirname "$(find "$work/unpacked" -name redis-server -path '*/bin/*')")

# server NAME PORT OPTION...: one that listens on loopback alone and keeps nothing.
server() {
    local name=$1 port=$2
    shift 2
    mkdir -p "$work/$name"
    "$bin/redis-server" --port "$port" --bind 127.0.0.1 --dir "$work/$name" --save "" --appendonly no --repl-diskless-sync-delay 0 \
        --logfile "$work/$name/log" "$@" &
    pids+=($!)
}

ask() { "$bin/redis-cli" -p "$1" "${@:2}" 2>/dev/null || true; }

# until_so SECONDS TEXT COMMAND...: waits until the command prints the text.
until_so() {
    local left=$(($1 * 10)) text=$2
    shift 2
    until "$@" | grep -q "$text"; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || { echo "not so in time: $text of $*"; exit 1; }
        sleep 0.1
    done
}

# attempts A B COUNT: whom Sentinel picks after the master is killed, so many attempts long; A, B are priorities of the
# replica that cannot be promoted and of the one that can.
attempts() {
    local base=$((20000 + RANDOM % 20000))
    local master=$base cannot=$((base + 1)) can=$((base + 2)) sentinel=$((base + 3))
    server "m$base" "$master"
    local killed=${pids[-1]}
    server "a$base" "$cannot" --replicaof 127.0.0.1 "$master" --replica-priority "$1" --rename-command SLAVEOF '""'
    server "b$base" "$can" --replicaof 127.0.0.1 "$master" --replica-priority "$2"
    until_so 10 connected_slaves:2 ask "$master" info replication
    mkdir -p "$work/s$base"
    cat >"$work/s$base/sentinel.conf" <<CONF
port $sentinel
bind 127.0.0.1
dir $work/s$base
logfile $work/s$base/log
sentinel monitor db 127.0.0.1 $master 1
sentinel down-after-milliseconds db 2000
sentinel failover-timeout db 1000
CONF
    "$bin/redis-server" "$work/s$base/sentinel.conf" --sentinel &
    pids+=($!)
    until_so 15 "^2$" sh -c "'$bin/redis-cli' -p $sentinel sentinel replicas db 2>/dev/null | grep -c '^role-reported$'"
    # One more look at every replica, so that their priorities are known.
    sleep 11
    kill -KILL "$killed"
    wait "$killed" 2>/dev/null || true
    pids=("${pids[@]:1}")
    local left=300
    until [ "$(grep -c "+selected-slave" "$work/s$base/log")" -ge "$3" ]; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || { echo "no $3 attempts in time"; cat "$work/s$base/log"; exit 1; }
        sleep 0.1
    done
    sleep 2
    sed -nE "s/^.*(\+selected-slave) slave 127.0.0.1:$cannot .*$/  picks the one that cannot be promoted/p
        s/^.*(\+selected-slave) slave 127.0.0.1:$can .*$/  picks the one that can/p
        s/^.*-failover-abort-([a-z-]+) .*$/  gives up: \1/p
        s/^.*\+failover-end .*$/  ends/p" "$work/s$base/log" | awk -v most="$3" '/picks/ {if (++n > most) exit} {print}'
    end
}

{
    "$bin/redis-server" --version | cut -d " " -f 3
    echo "priorities 10 (cannot be promoted) and 100:"
    attempts 10 100 5
    echo "priorities 100 (cannot be promoted) and 10:"
    attempts 100 10 1
} >"$work/seen"
cat "$work/seen"
diff - "$work/seen" <<'EXPECTED' || { echo "this is not what was seen on 2026-11-30"; exit 1; }
v=7.0.15
priorities 10 (cannot be promoted) and 100:
  picks the one that cannot be promoted
  gives up: slave-timeout
  picks the one that cannot be promoted
  gives up: slave-timeout
  picks the one that cannot be promoted
  gives up: slave-timeout
  picks the one that cannot be promoted
  gives up: slave-timeout
  picks the one that cannot be promoted
  gives up: slave-timeout
priorities 100 (cannot be promoted) and 10:
  picks the one that can
  ends
EXPECTED
