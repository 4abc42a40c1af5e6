"""The copy of the checkout in which everything is built."""

import json
import os
import subprocess

from place import ROOT, TREE, WORK


def copy_tree():
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout
    known = set()
    for name in filter(None, names.split("\0")):
        source, target = ROOT / name, TREE / name
        if source.is_file():
            known.add(name)
            data = source.read_bytes()
            if name == "tests/common/mod.rs":
                # A failure is enough; there is nobody to read the smallest one.
                data = data.replace(b"max_shrink_iters: 20_000", b"max_shrink_iters: 0")
            put(target, data)
    for path in TREE.rglob("*"):
        if path.is_file() and str(path.relative_to(TREE)) not in known | {"src/mutant.rs"}:
            path.unlink()


def put(path, data):
    """Writes what differs, so that nothing is built again for nothing."""
    data = data.encode() if isinstance(data, str) else data
    if not path.exists() or path.read_bytes() != data:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def cargo(*arguments):
    """Runs cargo in the tree and gives its messages."""
    environment = dict(
        os.environ, RUSTFLAGS="--cap-lints=allow", CARGO_TARGET_DIR=str(WORK / "build"),
        CARGO_PROFILE_DEV_OPT_LEVEL="0", CARGO_PROFILE_DEV_DEBUG="none", CARGO_INCREMENTAL="0",
    )
    # The optimizer takes very long over functions of many bodies; what they call outside is worth it.
    dependencies = 'profile.dev.package."*".opt-level=2'
    ran = subprocess.run(
        ["cargo", *arguments, "--config", dependencies, "--message-format=json"],
        cwd=TREE, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    return ran, [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
