"""Working copies that take long to make: done later, by a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from seawall.store.tasks import Json, Task
from seawall.workflows.working import Form

if TYPE_CHECKING:
    from seawall.workflows.library import Seawall
    from seawall.workflows.tasks import Steps


def make(library: Seawall, task: Task, steps: Steps) -> Mapping[str, Json]:
    """A proxy, or the storyboard of a large file: the handler of `Kind.PROXY`."""
    payload = task.payload

    def work() -> Json:
        if "form" not in payload:
            board = library.viewing.storyboard(str(payload["case"]), str(payload["item"]))
            return {"copy": board.id, "parts": len(board.frames)}
        asked = cast("Mapping[str, Json]", payload["asked"])
        copy = library.viewing.make(Form(str(payload["form"])), str(payload["sha256"]), asked)
        return {"copy": copy.id, "parts": len(copy.parts)}

    return cast("Mapping[str, Json]", steps.run("make", work))
