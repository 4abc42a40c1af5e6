"""An emulator of Alibaba Cloud failover: EBS disk replica pairs and PolarDB clusters.

With pytest the fixtures ``failover_emulator`` and ``failover_account`` are there without an import. Elsewhere::

    from failover_emulator import Emulator

    with Emulator.start("--clock", "manual") as emulator:
        account = emulator.account()
"""

from .control import Account, Refused, SdkConfig
from .server import Emulator, NotStarted, binary

__all__ = ["Account", "Emulator", "NotStarted", "Refused", "SdkConfig", "binary"]
