"""A scan of an archive that cannot be made, or of which a file cannot be used."""

from __future__ import annotations

from seawall.errors.media import MediaError
from seawall.errors.outside import CorruptionError, OutsideError
from seawall.errors.usage import UsageError


class BadSource(UsageError):
    """{source} cannot be scanned: {reason}"""

    code = "bad_source"
    remedy = "Name a folder, a list with one path or address a line, or s3://BUCKET/PREFIX."


class OtherScan(UsageError):
    """{out} cannot take this scan: {reason}"""

    code = "other_scan"
    http_status = 409
    remedy = "Name another folder with --out, or go on with the scan that the folder holds."


class ScanExtraMissing(UsageError):
    """This scan needs {name}, which is not installed"""

    code = "scan_extra_missing"
    http_status = 501
    remedy = "Install the extra that scans: pip install 'seawall[scan]', or 'seawall[ray]' for many machines."


class ClusterUnusable(OutsideError):
    """The Ray cluster {address} cannot be used: {reason}"""

    code = "cluster_unusable"
    remedy = "Check the address, and that each machine has the same Seawall with the extra ray; then go on."


class ScanCorrupt(CorruptionError):
    """The scan's file {path} is damaged: {reason}"""

    code = "scan_corrupt"
    remedy = "Start the scan anew in another folder, or put back the file from a copy."


class WorkerLost(MediaError):
    """{path} was in a batch that ended its worker {times} times"""

    code = "worker_lost"
    remedy = "Scan the batch's files by themselves in smaller batches: one of them ends its worker."
