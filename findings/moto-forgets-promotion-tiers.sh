#!/usr/bin/env bash
# moto 5.2.5, its RDS: FailoverDBCluster takes the first reader in the order of creation, whatever the promotion tiers.
#
# Guessed   The reader of the lowest promotion tier is promoted, as Aurora documents; moto takes the tiers, answers them in
#           DescribeDBClusters, and goes by them when a writer is deleted.
# Is so     By FailoverDBCluster the reader that was created first is promoted, also when its tier is 15 and another's is 0. A
#           test of a failover order that passes against moto says nothing of the order on Aurora.
# Version   PyPI: moto 5.2.5, boto3 1.44.8.
# Seen      2026-11-30. Nothing listens: moto answers inside the process.
#
# Needs python3 with venv. By hand: findings/moto-forgets-promotion-tiers.sh
# Ends with status 1 if what is printed is not what was seen.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'moto[rds]==5.2.5' boto3==1.44.8 botocore==1.44.8

cat >"$work/seen.py" <<'PY'
import boto3
import moto


def writer(rds):
    members = rds.describe_db_clusters(DBClusterIdentifier="c")["DBClusters"][0]["DBClusterMembers"]
    return next(member["DBInstanceIdentifier"] for member in members if member["IsClusterWriter"])


def play(ends, **tiers):
    """Instances are created in the order given; the first is the writer. `ends` ends its time as the writer."""
    with moto.mock_aws():
        rds = boto3.client("rds", "us-east-1", aws_access_key_id="any", aws_secret_access_key="any")
        rds.create_db_cluster(DBClusterIdentifier="c", Engine="aurora-mysql", MasterUsername="root",
                              MasterUserPassword="any-password")
        for name, tier in tiers.items():
            rds.create_db_instance(DBInstanceIdentifier=name, DBInstanceClass="db.r6g.large", Engine="aurora-mysql",
                                   DBClusterIdentifier="c", PromotionTier=tier)
        before = writer(rds)
        ends(rds)
        return f"{', '.join(f'{name} {tier}' for name, tier in tiers.items())}: {before} -> {writer(rds)}"


def fail_over(rds):
    rds.failover_db_cluster(DBClusterIdentifier="c")


def delete(rds):
    rds.delete_db_instance(DBInstanceIdentifier="w", SkipFinalSnapshot=True)


print("moto", moto.__version__)
print("FailoverDBCluster:    ", play(fail_over, w=0, a=15, b=0))
print("FailoverDBCluster:    ", play(fail_over, w=0, b=0, a=15))
print("the writer is deleted:", play(delete, w=0, a=15, b=0))
PY
"$work/venv/bin/python" "$work/seen.py" >"$work/seen"
cat "$work/seen"
diff - "$work/seen" <<'EXPECTED' || { echo "this is not what was seen on 2026-11-30"; exit 1; }
moto 5.2.5
FailoverDBCluster:     w 0, a 15, b 0: w -> a
FailoverDBCluster:     w 0, b 0, a 15: w -> b
the writer is deleted: w 0, a 15, b 0: w -> b
EXPECTED
