# PostgreSQL 15 of Debian 12 in a folder of its own, with servers on a socket there: sourced by the findings about it.
# Needs apt-get with Debian 12 as its source, and as root setpriv; nothing is installed.
set -euo pipefail
export LC_ALL=C
work=$(mktemp -d)
servers=()
end() {
    for server in "${servers[@]}"; do kill -KILL "$server" 2>/dev/null || true; done
    rm -rf "$work"
}
trap end EXIT
chmod 755 "$work"
mkdir -p "$work/debs/partial" "$work/unpacked" "$work/run"
# Also where another version is installed.
for package in postgresql-15 postgresql-client-15; do
    (cd "$work/debs" && apt-get download -o Debug::NoLocking=1 -o APT::Sandbox::User=root "$package=15.20-0+deb12u1") >>"$work/apt.log" 2>&1 ||
        { cat "$work/apt.log"; exit 1; }
done
apt-get install -y --download-only --no-install-recommends -o Debug::NoLocking=1 -o Dir::Cache::archives="$work/debs" \
    postgresql-15=15.20-0+deb12u1 >>"$work/apt.log" 2>&1 || { cat "$work/apt.log"; exit 1; }
for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/unpacked"; done
programs=$(dirname "$(find "$work/unpacked" -name initdb)")
LD_LIBRARY_PATH=$(find "$work/unpacked" -name '*.so*' -not -path '*/postgresql/15/*' -printf '%h\n' | sort -u | paste -sd:)
export LD_LIBRARY_PATH

# PostgreSQL does not run as root.
as=()
if [ "$(id -u)" = 0 ]; then
    as=(setpriv --reuid nobody --regid nogroup --clear-groups)
    chown -R nobody:nogroup "$work/run"
fi
run() { (cd "$work/run" && "${as[@]}" "$programs/$1" "${@:2}"); }
# begin DATA [OPTION...]: a server with these settings on its command line, until it answers.
begin() {
    (cd "$work/run" && exec "${as[@]}" "$programs/postgres" -D "$1" -c listen_addresses= -c unix_socket_directories="$work/run" \
        -c wal_log_hints=on -c wal_keep_size=256MB "${@:2}" >>"$work/run/log" 2>&1) &
    server=$!
    servers+=("$server")
    for _ in $(seq 100); do
        run pg_isready -q -h "$work/run" && return
        sleep 0.1
    done
    cat "$work/run/log"
    exit 1
}
stop() { # SIGNAL
    kill "-$1" "$server"
    wait "$server" 2>/dev/null || true
    # Its children end by themselves after it.
    sleep 1
    rm -f "$work"/run/.s.PGSQL.*
}
