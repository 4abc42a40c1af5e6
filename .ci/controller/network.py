"""Where the processes of a bed live: all on the loopback address, or each on a host of its own, whose network can be cut.

A host is a network namespace with one address on a bridge. The script itself goes into a namespace of its own first, so that
nothing of this touches the network of the machine.
"""

import contextlib
import os
import subprocess
import sys


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True)


def enter(script):
    """Goes on with the script in a network of its own; nothing if it is in one."""
    if os.environ.get("OWN_NETWORK"):
        return
    os.environ["OWN_NETWORK"] = "1"
    os.execvp("unshare", ["unshare", "--net", sys.executable, os.path.abspath(script), *sys.argv[1:]])


class Host:
    """A machine: its address, and what a command is begun with to run there."""

    def __init__(self, address, prefix=()):
        self.address, self.prefix = address, list(prefix)


class Loopback:
    """One host, for all."""

    trusts = "127.0.0.1/32"

    @staticmethod
    def host():
        return Host("127.0.0.1")

    def close(self):
        pass


class Apart(Host):
    """A host with a cable."""

    def __init__(self, number):
        self.space, self.cable = f"failover-{os.getpid()}-{number}", f"cable{number}"
        super().__init__(f"10.99.0.{number + 1}", ["ip", "netns", "exec", self.space])
        ip("netns", "add", self.space)
        try:
            ip("link", "add", self.cable, "type", "veth", "peer", "name", "eth0", "netns", self.space)
            ip("link", "set", self.cable, "master", "bridge", "up")
            for words in (["link", "set", "lo", "up"], ["link", "set", "eth0", "up"], ["address", "add", f"{self.address}/24", "dev", "eth0"]):
                ip("-n", self.space, *words)
        except BaseException:
            self.close()
            raise

    def cut(self):
        """Nothing comes from here, and nothing goes here."""
        ip("link", "set", self.cable, "down")

    def join(self):
        ip("link", "set", self.cable, "up")

    def silence(self, others):
        """Hears the others and cannot answer them, while everybody else notices nothing."""
        for other in others:
            ip("-n", self.space, "route", "add", "blackhole", f"{other.address}/32")

    def speak(self, others):
        for other in others:
            ip("-n", self.space, "route", "del", "blackhole", f"{other.address}/32")

    def close(self):
        with contextlib.suppress(subprocess.CalledProcessError):
            ip("netns", "del", self.space)


class Network:
    """Hosts on a bridge, at which the script itself has the first address."""

    trusts = "10.99.0.0/24"

    def __init__(self):
        self.hosts = []
        ip("link", "set", "lo", "up")
        ip("link", "add", "bridge", "type", "bridge")
        ip("address", "add", "10.99.0.1/24", "dev", "bridge")
        ip("link", "set", "bridge", "up")

    def host(self):
        host = Apart(len(self.hosts) + 1)
        self.hosts.append(host)
        return host

    def close(self):
        for host in self.hosts:
            host.close()
        ip("link", "del", "bridge")


class Disk:
    """A small disk in memory at a folder, that can be filled."""

    def __init__(self, folder, megabytes, owner):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        options = f"size={megabytes}m,mode=0700,uid={owner.pw_uid},gid={owner.pw_gid}"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "failover-disk", folder], check=True)

    @property
    def ballast(self):
        return os.path.join(self.folder, "ballast")

    def fill(self):
        """Leaves no byte."""
        with open(self.ballast, "wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                left = os.statvfs(self.folder)
                size = max(left.f_bavail * left.f_frsize, 4096)
                os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, size)

    def clear(self):
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.ballast)

    def close(self):
        subprocess.run(["umount", "--lazy", self.folder], check=False)
