"""What a person may not be shown, or not so, and what there is nothing of to show."""

from __future__ import annotations

from seawall.errors.usage import UsageError


class BelowFloor(UsageError):
    """To show this {cover} needs a reason: the floor is {floor}"""

    code = "below_floor"
    http_status = 403
    remedy = (
        "Give a reason with words of your own, or ask for more cover; a floor can be raised, never lowered."
    )


class RevealNotAllowed(UsageError):
    """{who} is not shown this: {reason}"""

    code = "reveal_not_allowed"
    http_status = 403
    remedy = "Take the case first; what is shown of it goes to the person who holds it, while the lease runs."


class MediaNotKept(UsageError):
    """The bytes of {sha256} are not kept here"""

    code = "media_not_kept"
    http_status = 404
    remedy = (
        "Decide by what the matches say, or have the file checked again; the setting is keep_review_days."
    )


class NothingToShow(UsageError):
    """There is nothing to show: {reason}"""

    code = "nothing_to_show"
    http_status = 404
    remedy = "Ask for the storyboard first: it says what there is."
