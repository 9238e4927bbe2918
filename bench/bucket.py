"""A bucket of S3 on this machine: moto's server as a process of its own. It needs what the tests need."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import obstore

from seawall.objects.bucket import Bucket

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

HOST: Final = "localhost"
KEY: Final = "key"
NAME: Final = "archive"
SERVER: Final = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address=sys.argv[1], port=0, verbose=False)
server.start()
print("port", server.get_host_and_port()[1], flush=True)
sys.stdin.read()  # ends with the process that started it
"""


@dataclass(frozen=True, slots=True)
class Served:
    """A bucket, and the process that serves it."""

    process: int
    endpoint: str

    @property
    def place(self) -> str:
        """Where `fill` puts files."""
        return f"s3://{NAME}/in"

    @property
    def environment(self) -> Mapping[str, str]:
        """What whoever reads it is told."""
        return {
            "SEAWALL_S3_ENDPOINT": self.endpoint,
            "SEAWALL_S3_ACCESS_KEY": KEY,
            "SEAWALL_S3_SECRET_KEY": KEY,
        }

    def fill(self, folder: Path) -> None:
        """Put a folder's files there, by their names."""
        bucket = Bucket(self.place, endpoint=self.endpoint, access_key=KEY, secret_key=KEY)
        for path in sorted(folder.iterdir()):
            obstore.put(bucket.store, path.name, path)


@contextmanager
def served() -> Iterator[Served]:
    """An empty bucket, while the block lasts."""
    process = subprocess.Popen(  # noqa: S603 - our own
        [sys.executable, "-c", SERVER, HOST],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        port = next(line.split()[1] for line in process.stdout if line.startswith("port "))
        endpoint = f"http://{HOST}:{port}"
        made = urllib.request.Request(f"{endpoint}/{NAME}", method="PUT")  # noqa: S310 - our own server
        urllib.request.urlopen(made).close()  # noqa: S310
        yield Served(process.pid, endpoint)
    finally:
        process.kill()
        process.communicate()
