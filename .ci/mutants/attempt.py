"""Running tests with one mutant in force, or with none to see what they reach."""

import concurrent.futures
import fcntl
import os
import pathlib
import re
import resource
import signal
import subprocess
import time


def limit():
    """What a test that goes astray may use. No file is written: a random test would note what it found for the next one.
    A test that must write one fails without a mutant too, and is left out."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))


def attempt(program, manifest, tests, seconds, pass_fds=(), **variables):
    """Runs these tests; gives the name of one that failed, or how it ended otherwise, or None, and the time."""
    environment = dict(os.environ, PROPTEST_RNG_SEED="1", CARGO_MANIFEST_DIR=str(pathlib.Path(manifest).parent))
    environment.update(variables, RUST_BACKTRACE="0")
    began = time.monotonic()
    process = subprocess.Popen(
        [program, "--exact", "--include-ignored", *tests], cwd=pathlib.Path(manifest).parent, env=environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, errors="replace",
        start_new_session=True, preexec_fn=limit, pass_fds=pass_fds,
    )
    try:
        out, _ = process.communicate(timeout=seconds)
        end = None
        if process.returncode != 0:
            failed = re.search(r"^test (\S+).* \.\.\. FAILED$", out, re.M)
            end = failed.group(1) if failed else (tests[0] if len(tests) == 1 else "aborted")
    except subprocess.TimeoutExpired:
        end = "time ran out"
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.communicate()
    return end, time.monotonic() - began


def tests_of(program, manifest):
    """The names of a program's tests but for those that are ignored, in their order."""

    def listed(*which):
        ran = subprocess.run(
            [program, "--list", *which], cwd=pathlib.Path(manifest).parent, check=True, capture_output=True, text=True
        )
        return re.findall(r"^(.*): test$", ran.stdout, re.M)

    ignored = set(listed("--ignored"))
    return [name for name in listed() if name not in ignored]


def reach(programs):
    """Of each test: its program, its name, its seconds, and which functions it reaches."""

    def one(job):
        program, manifest, test = job
        # A pipe, since no file may be written then either; what the test starts inherits it. It holds all there is to note.
        source, sink = os.pipe()
        fcntl.fcntl(sink, fcntl.F_SETPIPE_SZ, 1 << 20)
        end, seconds = attempt(program, manifest, [test], 900, (sink,), MUTANTS_NOTED=f"/proc/self/fd/{sink}")
        os.close(sink)
        with os.fdopen(source) as noted:
            reached = sorted({int(line) for line in noted})
        if end:
            print(f"left out, since it fails without a mutant: {test} of {pathlib.Path(program).name}", flush=True)
        return [program, manifest, test, seconds, [] if end else reached]

    jobs = [(program, manifest, name) for program, manifest in programs for name in tests_of(program, manifest)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(one, jobs))
    print(f"{len(found)} tests, {sum(row[3] for row in found):.0f} s", flush=True)
    return found
