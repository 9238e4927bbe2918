"""Which request is being answered: set by what gives requests their ids, read by logs and the audit."""

from __future__ import annotations

from seawall.telemetry.context import REQUEST_ID as REQUEST_ID
