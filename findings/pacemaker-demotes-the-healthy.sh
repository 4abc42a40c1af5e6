#!/usr/bin/env bash
# Pacemaker 2.1.5, its scheduler: after a promotion that failed, the node that took over is demoted again in favour of the
# one that failed.
#
# Guessed   Of the nodes a, b, c with scores 30, 20, 10, promotion fails on a. Then b is promoted and stays; with
#           resource-stickiness a fortiori. If a is tried again at all, then once b fails.
# Is so     b is promoted, and the next transition demotes b and promotes a, which fails again, and so on: every other
#           transition. Stickiness of any size changes nothing, since it holds an instance on its node, not a role. c is
#           never promoted, not even if the promotion of b fails too. migration-threshold=1 ends it: who failed is left out.
# Version   Debian 12: pacemaker-cli-utils 2.1.5-1+deb12u1 (`crm_simulate`, which runs the scheduler and no cluster).
# Seen      2026-11-30. No daemon runs and nothing listens.
#
# Needs apt-get with Debian 12 as its source and python3; no root, nothing is installed.
# By hand: findings/pacemaker-demotes-the-healthy.sh
# Ends with status 1 if what is printed is not what was seen.
set -euo pipefail
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/debs/partial" "$work/unpacked"
apt-get install -y --download-only --no-install-recommends -o Debug::NoLocking=1 -o Dir::Cache::archives="$work/debs" \
    pacemaker-cli-utils=2.1.5-1+deb12u1 >"$work/apt.log" 2>&1 || { cat "$work/apt.log"; exit 1; }
for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/unpacked"; done
simulate=$(find "$work/unpacked" -type f -name crm_simulate)
schema=$(find "$work/unpacked" -name pacemaker-3.9.rng)
LD_LIBRARY_PATH=$(find "$work/unpacked" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)
export LD_LIBRARY_PATH PCMK_schema_directory=${schema%/*} CIB_shadow_dir="$work"

# cib META: three nodes online, one promotable clone with scores 30, 20, 10 for its promoted role, and META as defaults.
cib() {
    python3 - "$@" <<'PY'
import sys
meta = "".join(f'<nvpair id="d-{name}" name="{name}" value="{value}"/>' for name, value in (arg.split("=") for arg in sys.argv[1:]))
defaults = f'<rsc_defaults><meta_attributes id="d">{meta}</meta_attributes></rsc_defaults>' if meta else ""
nodes = [("1", "a", 30), ("2", "b", 20), ("3", "c", 10)]
print(f'''<cib crm_feature_set="3.16.1" validate-with="pacemaker-3.9" epoch="1" num_updates="0" admin_epoch="0" have-quorum="1" dc-uuid="1">
<configuration>
<crm_config><cluster_property_set id="o"><nvpair id="o1" name="stonith-enabled" value="false"/></cluster_property_set></crm_config>
<nodes>{"".join(f'<node id="{id}" uname="{name}"/>' for id, name, _ in nodes)}</nodes>
<resources><clone id="db-clone"><meta_attributes id="m"><nvpair id="m1" name="promotable" value="true"/></meta_attributes>
<primitive id="db" class="ocf" provider="pacemaker" type="Stateful"><operations>
<op id="p" name="monitor" interval="10s" role="Promoted"/><op id="u" name="monitor" interval="11s" role="Unpromoted"/>
</operations></primitive></clone></resources>
<constraints>{"".join(f'<rsc_location id="l{id}" rsc="db-clone" role="Promoted" node="{name}" score="{score}"/>' for id, name, score in nodes)}</constraints>
{defaults}
</configuration>
<status>{"".join(f'<node_state id="{id}" uname="{name}" in_ccm="true" crmd="online" join="member" expected="member"/>' for id, name, _ in nodes)}</status>
</cib>''')
PY
}

# rounds NODES META: what six transitions do, if every promotion of these nodes fails and every other one succeeds.
rounds() {
    local failing=() node
    for node in $1; do failing+=(--op-fail "db_promote_0@$node=1"); done
    echo "cannot be promoted: $1; ${2:-no defaults}"
    cib "${@:2}" >"$work/cib.xml"
    for round in 1 2 3 4 5 6; do
        "$simulate" --xml-file "$work/cib.xml" --simulate --save-output "$work/next.xml" \
            "${failing[@]}" >"$work/out" 2>&1 || { cat "$work/out"; exit 1; }
        sed -nE "s/^.* (promote|demote) on ([abc])$/\1 \2/p; s/^.*Pretending action .* failed.*$/it fails/p" "$work/out" |
            paste -sd, | sed "s/,/, /g; s/^$/nothing/; s/^/  $round: /"
        mv "$work/next.xml" "$work/cib.xml"
    done
}

{
    "$simulate" --version | head -n 1
    rounds a
    rounds a resource-stickiness=1000000
    rounds "a b"
    rounds "a b" migration-threshold=1
} >"$work/seen"
cat "$work/seen"
diff - "$work/seen" <<'EXPECTED' || { echo "this is not what was seen on 2026-11-30"; exit 1; }
Pacemaker 2.1.5
cannot be promoted: a; no defaults
  1: promote a, it fails
  2: demote a, promote b
  3: demote b, promote a, it fails
  4: demote a, promote b
  5: demote b, promote a, it fails
  6: demote a, promote b
cannot be promoted: a; resource-stickiness=1000000
  1: promote a, it fails
  2: demote a, promote b
  3: demote b, promote a, it fails
  4: demote a, promote b
  5: demote b, promote a, it fails
  6: demote a, promote b
cannot be promoted: a b; no defaults
  1: promote a, it fails
  2: demote a, promote b, it fails
  3: demote b, promote a, it fails
  4: demote a, promote b, it fails
  5: demote b, promote a, it fails
  6: demote a, promote b, it fails
cannot be promoted: a b; migration-threshold=1
  1: promote a, it fails
  2: demote a, promote b, it fails
  3: demote b, promote c
  4: nothing
  5: nothing
  6: nothing
EXPECTED
