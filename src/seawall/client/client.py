"""The client: what a program holds to call a service."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self, overload

from seawall.client.access import Audit, Keys, Me, Users
from seawall.client.banks import Banks
from seawall.client.call import Call, File, Form, given
from seawall.client.checks import Checked, Hashes, HashesChecked
from seawall.client.decisions import Decision, Decisions, Ruling
from seawall.client.evidence import Evidence
from seawall.client.exchanges import Exchanges
from seawall.client.group import Group
from seawall.client.incidents import Incidents
from seawall.client.jobs import Job, Jobs
from seawall.client.notices import Clocks, Notices
from seawall.client.orders import Orders, Referrals, Statements, Threats
from seawall.client.overview import Overview
from seawall.client.policies import Policies
from seawall.client.queue import Queue
from seawall.client.references import References
from seawall.client.reports import Reports
from seawall.client.review import Cases, Items
from seawall.client.seen import Holds, Matches
from seawall.client.submissions import Submissions
from seawall.client.transport import Transport
from seawall.client.viewing import Exposure, Viewing
from seawall.client.webhooks import Webhooks


class Client(Group):
    """A service, as a program calls it. It may be used by many threads, and is closed by `with`.

    Args:
        address: of the service, such as `https://seawall.example`.
        key: what to call with. It is in no error and no repr.
        timeout_s: how long a single answer may take to begin, and each piece of it to come.
        tries: how often a call is sent at most, where the connection breaks, or the service is busy.
        ca_file: certificates of authorities to trust, for a service whose own is not signed by a public one.
    """

    def __init__(
        self,
        address: str,
        key: str,
        *,
        timeout_s: float = 120.0,
        tries: int = 4,
        ca_file: str | os.PathLike[str] | None = None,
    ) -> None:
        transport = Transport(address, key, timeout_s=timeout_s, tries=tries, ca_file=ca_file)
        super().__init__(transport)
        self.jobs = Jobs(transport)
        self.banks = Banks(transport, self.jobs)
        self.references = References(transport)
        self.matches = Matches(transport)
        self.holds = Holds(transport)
        self.items = Items(transport)
        self.cases = Cases(transport)
        self.queue = Queue(transport)
        self.decisions = Decisions(transport)
        self.notices = Notices(transport)
        self.evidence = Evidence(transport)
        self.submissions = Submissions(transport)
        self.reports = Reports(transport)
        self.clocks = Clocks(transport)
        self.orders = Orders(transport)
        self.statements = Statements(transport)
        self.threats = Threats(transport)
        self.referrals = Referrals(transport)
        self.viewing = Viewing(transport, self.jobs)
        self.exposure = Exposure(transport)
        self.policies = Policies(transport)
        self.exchanges = Exchanges(transport)
        self.incidents = Incidents(transport)
        self.webhooks = Webhooks(transport)
        self.users = Users(transport)
        self.keys = Keys(transport)
        self.audit = Audit(transport)
        self.overview = Overview(transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connections."""
        self._transport.close()

    @overload
    def check(
        self,
        file: File,
        *,
        uploader: str | None = None,
        post: str | None = None,
        url: str | None = None,
        labels: Sequence[str] = (),
        wait_s: float = 600.0,
        idempotency_key: str | None = None,
    ) -> Checked: ...
    @overload
    def check(
        self,
        file: File,
        *,
        uploader: str | None = None,
        post: str | None = None,
        url: str | None = None,
        labels: Sequence[str] = (),
        wait_s: None,
        idempotency_key: str | None = None,
    ) -> Checked | Job: ...
    def check(
        self,
        file: File,
        *,
        uploader: str | None = None,
        post: str | None = None,
        url: str | None = None,
        labels: Sequence[str] = (),
        wait_s: float | None = 600.0,
        idempotency_key: str | None = None,
    ) -> Checked | Job:
        """What is known in a file, which is sent piece by piece.

        Args:
            file: a path, or a stream that can be read again from its start.
            uploader: who put it on the platform.
            post: where it is there.
            url: the address at which it can be seen there.
            labels: what it is there for, such as `news`; a policy may exempt such content.
            wait_s: how long to wait where a job checks it, as it is large. Raises JobUnfinished after that;
                with None, nothing is waited for, and the job comes back.
            idempotency_key: to check it once even where this program is run again.
        """
        form = Form([file], given(uploader=uploader, post=post, url=url, labels=labels or None))
        return self._checked(Call("POST", "/v1/check", form=form, key=idempotency_key), wait_s)

    @overload
    def check_url(
        self,
        url: str,
        *,
        uploader: str | None = None,
        post: str | None = None,
        labels: Sequence[str] = (),
        wait_s: float = 600.0,
        idempotency_key: str | None = None,
    ) -> Checked: ...
    @overload
    def check_url(
        self,
        url: str,
        *,
        uploader: str | None = None,
        post: str | None = None,
        labels: Sequence[str] = (),
        wait_s: None,
        idempotency_key: str | None = None,
    ) -> Checked | Job: ...
    def check_url(
        self,
        url: str,
        *,
        uploader: str | None = None,
        post: str | None = None,
        labels: Sequence[str] = (),
        wait_s: float | None = 600.0,
        idempotency_key: str | None = None,
    ) -> Checked | Job:
        """As `check`, for a file that the service fetches. Raises UnsafeUrl, FetchFailed."""
        body = given(url=url, uploader=uploader, post=post, labels=labels or None)
        return self._checked(Call("POST", "/v1/check", json=body, key=idempotency_key), wait_s)

    def check_batch(
        self,
        files: Sequence[File],
        *,
        uploader: str | None = None,
        post: str | None = None,
        url: str | None = None,
        labels: Sequence[str] = (),
        idempotency_key: str | None = None,
    ) -> tuple[Checked, ...]:
        """What is known in each of up to 100 small files, in their order. One that is bad stops no other."""
        form = Form(files, given(uploader=uploader, post=post, url=url, labels=labels or None), name="files")
        return self._many(Checked, Call("POST", "/v1/check/batch", form=form, key=idempotency_key), "results")

    def check_hashes(
        self, contents: Sequence[Hashes], *, idempotency_key: str | None = None
    ) -> tuple[HashesChecked, ...]:
        """What is known of each of up to 1000 contents of which only hashes are given, in their order."""
        body = {"queries": [_query(one) for one in contents]}
        return self._many(
            HashesChecked, Call("POST", "/v1/check/hashes", json=body, key=idempotency_key), "results"
        )

    def decide(
        self, ruling: Ruling, *, undo_s: float | None = None, idempotency_key: str | None = None
    ) -> Decision:
        """Decide on items: `decisions.make`."""
        return self.decisions.make(ruling, undo_s=undo_s, idempotency_key=idempotency_key)

    def me(self) -> Me:
        """Who calls, as the service knows it."""
        return self._read(Me, Call("GET", "/v1/me"))

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        json: object = None,
        idempotency_key: str | None = None,
    ) -> object:
        """Call whatever the service has, such as what is newer than this client. The JSON that it answers."""
        literal = path.replace("{", "{{").replace("}", "}}")
        return self._transport.ask(
            Call(method.upper(), literal, query=query or {}, json=json, key=idempotency_key)
        )

    def _checked(self, call: Call, wait_s: float | None) -> Checked | Job:
        answer = self._ask(call)
        if "job" in answer:
            job = str(answer["job"])
            if wait_s is None:
                return self.jobs.get(job)
            answer = self.jobs.result(job, wait_s)
        return self._one(Checked, answer.get("results"))


def _query(one: Hashes) -> dict[str, object]:
    context = given(uploader=one.uploader, post=one.post, url=one.url, labels=one.labels or None)
    hashes = given(pdq=one.pdq, quality=one.quality, video=one.video, sha256=one.sha256, md5=one.md5)
    return {**hashes, **({"context": context} if context else {})}
