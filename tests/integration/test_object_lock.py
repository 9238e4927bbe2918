"""A store that locks originals is asked to, believed only for what it says itself, and waited for."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from test_preserving import _file, events

from seawall import config, errors, objects as all_objects
from seawall.model.custody import CustodyType
from seawall.model.locks import Lock
from seawall.model.preservation import Basis, PreservationState
from seawall.objects.s3 import PART_BYTES, S3Objects
from seawall.store.preservations import By
from seawall.workflows.library import Seawall

SMALL = b"a harmless original " * 100
LARGE = random.Random(3).randbytes(PART_BYTES + 17)
BY = By("ann", "t")


def opened(s3, place, mode="governance"):
    return S3Objects(
        place, endpoint=s3.endpoint, access_key="key", secret_key="secret", patience_s=1, lock_mode=mode
    )


def as_user(s3):
    return boto3.client(
        "s3",
        endpoint_url=s3.endpoint,
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        region_name="us-east-1",
    )


def put(objects, tmp_path, data, until):
    path = _file(tmp_path, data)
    return path.name, objects.put_locked(path, path.name, until)


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("mode", ["governance", "compliance"])
def test_the_store_keeps_what_it_was_given_under_a_lock(s3, tmp_path, data, mode):
    place, until = s3.fresh(locks=True), datetime.now(UTC).replace(microsecond=0) + timedelta(days=180)
    objects = opened(s3, place, mode)
    sha256, lock = put(objects, tmp_path, data, until)
    assert lock == Lock(mode, until) == objects.lock_of(sha256)
    with objects.open(sha256) as stream:
        assert hashlib.sha256(stream.read()).hexdigest() == sha256
    assert list(objects.every()) == [sha256]
    bucket, user = place.split("/")[2], as_user(s3)
    [version] = [
        one
        for one in user.list_object_versions(Bucket=bucket)["Versions"]
        if one["Key"].endswith(f"/{sha256[:2]}/{sha256}")
    ]
    with pytest.raises(user.exceptions.ClientError, match="Access Denied"):
        user.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])


def test_a_legal_hold_of_others_counts(s3, tmp_path):
    place = s3.fresh(locks=True)
    objects = opened(s3, place, "")
    sha256, why = put(objects, tmp_path, SMALL, datetime.now(UTC) + timedelta(days=9))
    assert (why, objects.lock_of(sha256)) == ("no lock is set", None)
    bucket, prefix = place.removeprefix("s3://").split("/", 1)
    key = f"{prefix}/{sha256[:2]}/{sha256}"
    as_user(s3).put_object_legal_hold(Bucket=bucket, Key=key, LegalHold={"Status": "ON"})
    lock = objects.lock_of(sha256)
    assert lock == Lock("legal hold", None)
    assert lock.holds(datetime.max.replace(tzinfo=UTC))


def test_a_bucket_without_locks_keeps_it_and_says_why_not(s3, tmp_path):
    objects = opened(s3, s3.fresh())
    sha256, why = put(objects, tmp_path, SMALL, datetime.now(UTC) + timedelta(days=9))
    assert why == "the store refuses it: InvalidRequest"
    assert objects.has(sha256)
    assert objects.lock_of(sha256) is None
    assert objects.lock_of("0" * 64) is None
    with pytest.raises(errors.ObjectsUnreachable):
        put(opened(s3, "s3://nosuchbucket/x"), tmp_path, SMALL, datetime.now(UTC))


def test_a_mode_that_there_is_not_is_refused(s3):
    values = {one.name: one.default for one in config.SETTINGS}
    given = {"objects": s3.fresh(), "object_lock": "forever"}
    with pytest.raises(errors.BadSetting, match="governance or compliance"):
        all_objects.opened(config.Settings({**values, **given}))


@pytest.fixture(params=["sqlite", "postgres"])
def library(request, new_settings, s3):
    given = {"s3_endpoint": s3.endpoint, "s3_access_key": "key", "s3_secret_key": "secret"}
    place = s3.fresh(locks=True)
    settings = new_settings(request.param, objects=place, object_lock="governance", **given)
    with Seawall(settings) as made:
        yield made


def ingested(library, known):
    [one] = [one for one in events(library, object=known.sha256) if one.type is CustodyType.INGESTION]
    return one.says("detail")


def deleted(library):
    return [one.says("detail") for one in events(library, type=CustodyType.DELETION)]


def test_the_log_has_the_lock_and_a_key_is_shredded_before_the_store_lets_go(library, tmp_path):
    known = library.preserving.take_in(_file(tmp_path, SMALL), Basis.REMOVED_TERRORIST_CONTENT)
    said = ingested(library, known)
    assert (said["lock"]["mode"], said["no_lock"]) == ("governance", None)
    until = datetime.fromisoformat(said["lock"]["until"])
    assert timedelta(days=180) < until - known.at < timedelta(days=186), "as long as its basis"
    assert library.fixity.check()["failed"] == 0
    preservations = library._store.preservations
    with library._store._database.write() as connection:
        preservations.removed(connection, [known.id], BY)
    now = preservations.get(known.id).expires_at
    preservations._now = lambda: now
    assert library.fixity.expire() == 1
    assert preservations.get(known.id).state is PreservationState.ERASED
    with pytest.raises(errors.RecordConflict):
        preservations.sealed_key(known.id)
    [first] = deleted(library)
    assert (first["object"], first["lock"]) == (False, said["lock"])
    assert library.objects.has(known.locked_sha256)
    assert library.fixity.expire() == 0, "it is tried again, and still there"
    assert len(deleted(library)) == 1
    library.fixity._take_away = lambda sha256: library.preserving.vault.take_away(sha256, until)
    library.fixity.expire()
    assert deleted(library)[1]["lingered"] == known.locked_sha256
    assert not library.objects.has(known.locked_sha256)
    assert preservations.lingering() == []
    assert list(library.preserving.custody.faults()) == []


def test_a_basis_without_an_end_is_not_locked_and_the_log_says_so(library, tmp_path):
    known = library.preserving.take_in(_file(tmp_path, SMALL), Basis.ARCHIVE)
    said = ingested(library, known)
    assert (said["lock"], said["no_lock"]) == (None, "its basis has no end to lock it until")


def test_a_folder_locks_nothing_and_the_log_says_so(new_settings, tmp_path):
    with Seawall(new_settings("sqlite", object_lock="compliance")) as library:
        known = library.preserving.take_in(_file(tmp_path, SMALL), Basis.REMOVED_TERRORIST_CONTENT)
        assert ingested(library, known)["no_lock"] == "a folder locks nothing"
        assert library.preserving.vault.take_away(known.locked_sha256, known.at) is None
