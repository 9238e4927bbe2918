"""What lies over faces in pictures that leave, and what decides it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from seawall import errors
from seawall.model import labels as words


class Faces(StrEnum):
    """What lies over faces, from all to nothing."""

    WHOLE = "whole"  #: all of the picture is as coarse as a face: a face that is not found is covered too
    FOUND = "found"  #: a mosaic over each face that is found
    OPEN = "open"  #: nothing


def chosen(value: str) -> Faces:
    """Of the setting `faces`. Raises BadSetting: no setting leaves faces open."""
    if value not in {Faces.FOUND.value, Faces.WHOLE.value}:
        raise errors.BadSetting(name="faces", value=value, reason="it has to be found or whole")
    return Faces(value)


def over(labels: Iterable[str], setting: Faces, *, opened: bool) -> Faces:
    """What lies over faces in a content with these labels.

    opened: somebody takes it upon them to leave faces open. That opens none where children are in it.
    """
    if words.names_child(labels):
        return Faces.WHOLE
    return Faces.OPEN if opened else setting
