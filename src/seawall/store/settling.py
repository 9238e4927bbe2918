"""Where a case stands after something was decided on its items, or a decision was undone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from seawall.model.decision import SETTLED, CaseState, Stage
from seawall.store import decision_rows, verdicts, words
from seawall.store.schema_actions import case_event, case_file, item
from seawall.store.schema_search import case_word

_ENDED = (CaseState.DECIDED, CaseState.CLOSED)
_NOTE = insert(case_event)


def settle(
    connection: Connection,
    numbers: Iterable[int],
    actor: str,
    reason: str,
    now: datetime,
    *,
    has_effect: bool = False,
) -> None:
    """Bring the states of cases up to what stands and what is pending for their items.

    has_effect: a decision has just come to stand, which ends the work on cases without an item left.
    """
    for number in sorted(set(numbers)):
        query = select(case_file).where(case_file.c.number == number)
        before = CaseState(connection.execute(query.with_for_update()).one().state)
        state = _state(connection, number, has_effect=has_effect)
        if state is CaseState.SECOND or (state is CaseState.DECIDED and has_effect):
            let_go(connection, number)  # the one who decided has done their part
        if state is CaseState.DECIDED and has_effect:
            note(connection, number, actor, "decided", reason, now)
        if state is not before:
            set_state(connection, number, state)
        else:
            verdicts.renew(connection, number)


def standing(connection: Connection, number: int) -> CaseState:
    """What became of a case so far, whatever is pending: the state that an undone decision gives back."""
    state = CaseState.OPEN
    query = select(case_event.c.what).where(case_event.c.case_number == number).order_by(case_event.c.number)
    for what in connection.execute(query).scalars():
        if what == "reopened" and state in _ENDED:
            state = CaseState.OPEN
        elif what in ("decided", "appealed", "closed"):
            state = CaseState(what)
    return state


def note(
    connection: Connection,
    number: int,
    actor: str,
    what: str,
    reason: str,
    now: datetime,
    *,
    is_new: bool = False,
) -> None:
    """Keep what happened to a case. is_new: it has just been opened, and this is the first."""
    row = {"case_number": number, "at": now, "actor": actor, "what": what, "reason": reason}
    connection.execute(_NOTE, row)
    if is_new:
        words.put_new(connection, case_word, [(number, [reason])])
    else:
        words.put(connection, case_word, number, reason)


def let_go(connection: Connection, number: int) -> None:
    """End the lease of a case."""
    change = update(case_file).where(case_file.c.number == number)
    connection.execute(change.values(holder=None, lease_until=None))


def set_state(connection: Connection, number: int, state: CaseState) -> None:
    """Only that."""
    connection.execute(update(case_file).where(case_file.c.number == number).values(state=state.value))
    verdicts.renew(connection, number)


def _state(connection: Connection, number: int, *, has_effect: bool) -> CaseState:
    of_it = select(item.c.number).where(item.c.case_number == number)
    pending = connection.execute(decision_rows.pending_on(of_it)).all()
    undecided = set(connection.execute(of_it.where(item.c.state.not_in(SETTLED))).scalars())
    if undecided - {row.item_number for row in pending}:
        return standing(connection, number)
    if not pending:
        return CaseState.DECIDED if has_effect else standing(connection, number)
    waits = any(decision_rows.stage_of(row) is Stage.SECOND for row in pending)
    return CaseState.SECOND if waits else CaseState.DUE
