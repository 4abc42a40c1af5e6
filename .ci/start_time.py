#!/usr/bin/env python3
"""How long the emulator takes until it listens: from its start to the line that says so.

    python3 .ci/start_time.py [target/release/failover-emulator] [FLAG...]

Starts it fifty times, one after the other, each on a free port, and prints the least, the median and the most.
"""

import statistics
import subprocess
import sys
import time

STARTS = 50


def start(command):
    """One start, in milliseconds."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        line = server.stdout.readline()
        took = time.perf_counter() - began
        server.terminate()
        server.wait(20)
    if not line.startswith(b"listening on "):
        sys.exit(f"it did not start: {line!r}")
    return took * 1_000


def main():
    binary = sys.argv[1] if len(sys.argv) > 1 else "target/release/failover-emulator"
    took = sorted(start([binary, "--listen", "127.0.0.1:0", *sys.argv[2:]]) for _ in range(STARTS))
    print(f"{STARTS} starts: {took[0]:.1f} ms at least, {statistics.median(took):.1f} ms median, {took[-1]:.1f} ms at most")


if __name__ == "__main__":
    main()
