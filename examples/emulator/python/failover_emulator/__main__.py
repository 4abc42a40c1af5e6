"""``python -m failover_emulator``: the server itself, with its flags."""

import os
import sys

from .server import binary

if __name__ == "__main__":
    program = binary()
    os.execv(program, [program, *sys.argv[1:]])
