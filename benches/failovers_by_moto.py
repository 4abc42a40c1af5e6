"""Failovers of Aurora clusters of five by moto: the model alone, or its mock through boto3.

Reads lines from standard input, `model N` or `mock N`, and answers each with the nanoseconds of one failover, the mean of N.
"""

import os
import sys
import time

os.environ.setdefault("AWS_ACCESS_KEY_ID", "any")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "any")

import boto3
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.rds.models import rds_backends

REGION = "eu-west-1"
NODES = 5


def timed(failover, times):
    start = time.perf_counter_ns()
    for _ in range(times):
        failover()
    return (time.perf_counter_ns() - start) / times


def main():
    with mock_aws():
        client = boto3.client("rds", region_name=REGION)
        client.create_db_cluster(
            DBClusterIdentifier="c", Engine="aurora-mysql", MasterUsername="root", MasterUserPassword="hunter22"
        )
        for node in range(NODES):
            client.create_db_instance(
                DBInstanceIdentifier=f"n-{node}", DBClusterIdentifier="c", Engine="aurora-mysql",
                DBInstanceClass="db.r5.large",
            )
        backend = rds_backends[DEFAULT_ACCOUNT_ID][REGION]
        sides = {
            "model": lambda: backend.failover_db_cluster("c"),
            "mock": lambda: client.failover_db_cluster(DBClusterIdentifier="c"),
        }
        for line in sys.stdin:
            side, times = line.split()
            print(timed(sides[side], int(times)), flush=True)


if __name__ == "__main__":
    main()
