"""Every setting: its name, default, unit and help; read from SEAWALL_* variables and seawall.toml.

A value given by the caller comes before the variable, the variable before the file in the data
folder, the file before the default. Nothing else reads the environment.
"""

from __future__ import annotations

import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import platformdirs

from seawall import errors

FILE_NAME: Final = "seawall.toml"
PREFIX: Final = "SEAWALL_"

Value = int | float | str


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. Its variable is SEAWALL_ and the name in capitals."""

    name: str
    default: Value
    unit: str  #: of the value; "" for a text
    help: str
    secret: bool = False  #: never shown, in logs or elsewhere

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return PREFIX + self.name.upper()


SETTINGS: Final = (
    Setting(
        "data", "", "", "Folder of the database, the index and kept files; empty: the platform's data folder."
    ),
    Setting("workers", 0, "processes", "Files that are decoded at a time; 0: one a processor core."),
    Setting(
        "glance_s",
        2.5,
        "seconds",
        "Groups of pictures no longer than that are checked by their key frames at first; 0: by all frames.",
    ),
    Setting("actor", "", "", "Who is recorded as having changed something; empty: the login name."),
    Setting(
        "database",
        "",
        "",
        "PostgreSQL to use, as postgresql://USER@HOST/NAME; empty: SQLite in the data folder.",
        secret=True,
    ),
    Setting("objects", "", "", "Where files are kept, as s3://BUCKET/PREFIX; empty: in the data folder."),
    Setting("s3_endpoint", "", "", "Address of an S3 service that is not Amazon's; empty: Amazon's."),
    Setting("s3_region", "us-east-1", "", "Region of the bucket."),
    Setting(
        "s3_access_key", "", "", "Access key id of the bucket; empty: what the machine's own role allows."
    ),
    Setting("s3_secret_key", "", "", "Secret access key of the bucket.", secret=True),
    Setting(
        "object_lock",
        "",
        "",
        "How the bucket is to lock preserved originals: governance or compliance; empty: it is not.",
    ),
    Setting(
        "secret_key",
        "",
        "",
        "Seals stored credentials; empty: a key in the data folder, made when needed.",
        secret=True,
    ),
    Setting("host", "127.0.0.1", "", "Address that the service listens at."),
    Setting("port", 8720, "", "Port that the service listens at."),
    Setting(
        "proxy",
        "",
        "",
        "Addresses or networks of what terminates TLS in front of the service, with commas between.",
    ),
    Setting(
        "tls_certificate", "", "", "Path of the service's certificate with its chain, in PEM; empty: no TLS."
    ),
    Setting(
        "tls_key", "", "", "Path of the certificate's private key, in PEM; empty: it is in the same file."
    ),
    Setting("shutdown_s", 20.0, "seconds", "Time that running requests have to end when the service stops."),
    Setting("log_format", "text", "", "How the service logs: text or json."),
    Setting("log_level", "info", "", "The least that the service logs: debug, info, warning or error."),
    Setting("metrics_open", 0, "", "1: metrics need no key when they are asked for from the same machine."),
    Setting(
        "otel_endpoint",
        "",
        "",
        "Address, with its path, of a collector that takes OpenTelemetry's spans over HTTP; empty: none.",
    ),
    Setting("min_free_bytes", 1 << 30, "bytes", "Room on the disk without which the service is not ready."),
    Setting("quick_jobs", 8, "jobs", "Deliveries, and other quick jobs, that one process does at a time."),
    Setting("heavy_jobs", 2, "jobs", "Jobs that read media that one process does at a time."),
    Setting("keep_jobs_days", 14.0, "days", "How long jobs that have ended, and events, are kept."),
    Setting(
        "hma_open",
        0,
        "0 or 1",
        "1: programs on this machine may call /hma without a key, where the service listens there alone.",
    ),
    Setting("keep_seen_days", 90.0, "days", "How long signals of checked content are kept; 0: not at all."),
    Setting(
        "keep_review_days",
        180.0,
        "days",
        "How long the file of a content that a person is to look at is kept, and longer while it waits for a "
        "decision; 0: not at all.",
    ),
    Setting(
        "view_floor",
        "stylised,stylised,stylised",
        "",
        "What reviewers may be shown without a reason, of mild, violent and graphic contents, with commas "
        "between: covered, stylised or grey.",
    ),
    Setting(
        "graphic_labels",
        "graphic=3,gore=3,execution=3,torture=3,killing=3,sexual violence=3,child=3,violence=2,attack=2,"
        "weapon=2,propaganda=1,symbol=1,speech=1,music=1,text=1",
        "",
        "How graphic contents with a label are taken to be, as LABEL=1 (mild), 2 (violent) or 3, with commas "
        "between.",
    ),
    Setting("graphic_unlabelled", 2, "1 to 3", "How graphic contents without such a label are taken to be."),
    Setting(
        "faces",
        "found",
        "",
        "What lies over faces in pictures that leave: found (a mosaic over each that is found) or whole (the "
        "whole picture is as coarse). Whole always, where a label says that children are in it, or where "
        "what finds faces is not installed.",
    ),
    Setting(
        "still_s",
        3.0,
        "seconds",
        "What a still that is shown whole counts as in the record of what was shown.",
    ),
    Setting(
        "exposure_day_s",
        3600.0,
        "seconds",
        "Media shown to a person in a day after which a break is proposed.",
    ),
    Setting(
        "exposure_run_s",
        1500.0,
        "seconds",
        "Media shown to a person in one run after which a break is proposed.",
    ),
    Setting(
        "night",
        "",
        "",
        "Hours of `time_zone`, such as 22:00-06:00, in which graphic cases are not offered to a person who "
        "works alone; empty: none.",
    ),
    Setting(
        "exposure_group", 5, "people", "Figures of what people were shown are told of no fewer together."
    ),
    Setting(
        "flood_floor",
        100,
        "contents",
        "A reference is held for a person once it matches so many within the window, or more where its kind "
        "does; 0: none is.",
    ),
    Setting(
        "flood_factor",
        10.0,
        "times",
        "How many times as much as is usual for its bank and kind a reference may match before it is held.",
    ),
    Setting("flood_window_h", 1, "hours", "Over how long it is counted what a reference matches."),
    Setting("flood_baseline_days", 7.0, "days", "Over how long it is looked at what is usual."),
    Setting(
        "fetch_hosts",
        "",
        "",
        "Hosts that may be fetched from though their addresses are private, with commas between.",
    ),
    Setting(
        "rate_per_s", 0.0, "calls a second", "Calls that one key may make in one process; 0: any number."
    ),
    Setting("bytes_per_day", 0, "bytes", "What one key may send in a day to one process; 0: any amount."),
    Setting(
        "timestamp_authorities",
        "",
        "",
        "Addresses of authorities that attest the custody log's head (RFC 3161), with commas between.",
    ),
    Setting(
        "timestamp_calendars",
        "",
        "",
        "Addresses of calendars that are asked to prove the custody log's head too (OpenTimestamps), "
        "with commas between; empty: none.",
    ),
    Setting(
        "undo_s", 60.0, "seconds", "How long a decision can be undone before it goes out; 0: not at all."
    ),
    Setting("session_idle_s", 1800.0, "seconds", "How long a console session lasts without a call."),
    Setting("session_longest_s", 43200.0, "seconds", "How long a console session lasts at all."),
    Setting("max_json_bytes", 4 << 20, "bytes", "Largest body of a call that is no upload."),
    Setting("max_uploads", 256, "uploads", "Uploads that one process takes at a time."),
    Setting("max_upload_s", 3600.0, "seconds", "Time on the clock that sending one body may take."),
    Setting(
        "slowest_upload_bytes_per_s",
        4096.0,
        "bytes a second",
        "Rate under which a body is given up, after ten seconds of grace.",
    ),
    Setting(
        "time_zone",
        "UTC",
        "",
        "Zone of the calendar by which weeks and months of law are counted, and of `night`, by its name.",
    ),
    Setting(
        "period_words",
        "",
        "",
        "Path of a TOML file with words of your own for periods of law; empty: the words that come along.",
    ),
    Setting(
        "transparency_url",
        "",
        "",
        "Address, with its path up to the version, of the transparency database that submissions go to; "
        "empty: none are made.",
    ),
    Setting("transparency_token", "", "", "Token of the transparency database.", secret=True),
    Setting(
        "transparency_mapping",
        "",
        "",
        "Path of a TOML file that says records in the database's values in the place of what comes along.",
    ),
    Setting(
        "order_labels",
        "",
        "",
        "Path of a TOML file with labels of your own, by which fields of orders are found; empty: none.",
    ),
    Setting(
        "annex_words",
        "",
        "",
        "Path of a TOML file with words of your own for the answers to orders; empty: those that come along.",
    ),
    Setting(
        "report_words",
        "",
        "",
        "Path of a TOML file with labels and texts of your own for the yearly report; empty: our labels.",
    ),
    Setting("provider_name", "", "", "Name of the provider, in answers to orders and in reports."),
    Setting("provider_contact", "", "", "Contact point of the provider, in answers to orders."),
    Setting(
        "threat_contacts",
        "",
        "",
        "Contact points of authorities for threats to life, with semicolons between them.",
    ),
    Setting("hotline", "", "", "Hotline for suspected abuse of children; empty: none is set."),
    Setting("learned_model", "", "", "Path of an ONNX network that describes pictures too; empty: none."),
    Setting("places", "", "", "Path of a CSV of places of your own, for reading reports; empty: none."),
    Setting("max_bytes", 8 << 30, "bytes", "Largest file that is opened."),
    Setting("max_pixels", 100_000_000, "pixels", "Largest picture or video frame that is decoded."),
    Setting("max_duration_s", 6 * 3600.0, "seconds", "Longest video or sound that is decoded."),
    Setting("max_frames", 2_000_000, "frames", "Most frames that are decoded of one video."),
    Setting("max_cpu_s", 3600.0, "seconds", "Processor time that one file may take to decode."),
    Setting("max_wall_s", 5400.0, "seconds", "Time on the clock that one file may take to decode."),
    Setting("max_memory_bytes", 2 << 30, "bytes", "Memory that decoding one file may take."),
    Setting("max_sync_bytes", 64 << 20, "bytes", "Largest upload that is checked while its sender waits."),
    Setting("max_fetch_s", 60.0, "seconds", "Time on the clock that fetching one address may take."),
    Setting("max_report_bytes", 64 << 20, "bytes", "Largest file that is read as a report."),
    Setting("max_report_characters", 1_000_000, "characters", "Longest text that is read as a report."),
    Setting("max_report_s", 60.0, "seconds", "Processor time that one report's file may take to take apart."),
)

_BY_NAME: Final = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force."""

    values: Mapping[str, Value]

    def text(self, name: str) -> str:
        """A setting that is a text."""
        return str(self.values[name])

    def whole(self, name: str) -> int:
        """A setting that is a whole number."""
        return int(self.values[name])

    def number(self, name: str) -> float:
        """A setting that is a number."""
        return float(self.values[name])

    @property
    def data(self) -> Path:
        """The data folder."""
        given = self.text("data")
        return Path(given) if given else Path(platformdirs.user_data_path("seawall"))

    @property
    def workers(self) -> int:
        """How many files are decoded at a time."""
        return self.whole("workers") or len(os.sched_getaffinity(0))


def load(data: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in force for a data folder. Raises errors.BadSetting."""
    environment = os.environ if environment is None else environment
    values: dict[str, Value] = {setting.name: setting.default for setting in SETTINGS}
    from_variables = {
        setting.name: environment[setting.variable] for setting in SETTINGS if setting.variable in environment
    }
    given = str(data) if data is not None else str(from_variables.get("data", ""))
    folder = Settings({**values, "data": given}).data
    for name, raw in {**_from_file(folder / FILE_NAME), **from_variables}.items():
        values[name] = _parse(name, raw)
    values["data"] = str(folder)
    return Settings(values)


def _from_file(path: Path) -> dict[str, object]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
        raise errors.BadSetting(name=FILE_NAME, value=str(path), reason=str(cause)) from cause
    return content


def _parse(name: str, raw: object) -> Value:
    setting = _BY_NAME.get(name)
    if setting is None or (name == "data" and not isinstance(raw, str)):
        raise errors.BadSetting(name=name, value=raw, reason="there is no such setting")
    if isinstance(setting.default, str):
        return str(raw)
    try:
        if isinstance(raw, bool) or not isinstance(raw, int | float | str):
            raise ValueError
        value = type(setting.default)(raw)
    except (TypeError, ValueError):
        raise errors.BadSetting(
            name=name, value=raw, reason=f"it must be a number of {setting.unit}"
        ) from None
    if not 0 <= value < math.inf or (name.startswith("max_") and value == 0):
        raise errors.BadSetting(name=name, value=raw, reason="it must be above 0")
    return value
