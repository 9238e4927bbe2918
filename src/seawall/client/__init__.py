"""A client of the service, for programs.

    from pathlib import Path
    from seawall.client import Client

    with Client("https://seawall.example", key=key) as seawall:
        checked = seawall.check(Path("upload.mp4"), uploader="user-4711", post="post-0815")
        for match in checked.matches: ...

Every operation of the HTTP API has its method. Answers are frozen records; fields that this version does not
know are left out. What a service refuses is raised as the error of `seawall.errors` that it names, with the
`request_id` of the call. Every call that changes something carries an idempotency key, so that it can be sent
again where a connection breaks or the service is busy, and is done once.
"""

from __future__ import annotations

from seawall.client.banks import Hash as Hash
from seawall.client.checks import Checked as Checked, Hashes as Hashes, Match as Match, Moment as Moment
from seawall.client.client import Client as Client
from seawall.client.decisions import Feedback as Feedback, Ground as Ground, Ruling as Ruling
from seawall.client.incidents import About as About, Said as Said, Words as Words
from seawall.client.jobs import Job as Job
from seawall.client.notices import NewNotice as NewNotice
from seawall.client.policies import Rule as Rule, Rulebook as Rulebook
from seawall.client.queue import Wanted as Wanted
