"""A client of Hasher-Matcher-Actioner, as a platform would write it, with what it relies on.

`use` takes a base address and goes through everything: the same calls, unchanged, for Seawall's `/hma` and
for the program itself.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import time
from collections.abc import Callable, Mapping

import httpx2
import numpy as np
from PIL import Image

PDQ = re.compile("[0-9a-f]{64}")


def picture(seed: int, form: str = "PNG", mode: str = "RGB", size_px: tuple[int, int] = (640, 480)) -> bytes:
    """The bytes of a picture of smooth shapes that differ from seed to seed."""
    grain = np.random.default_rng(seed).integers(0, 256, (12, 16, 3), np.uint8)
    made = io.BytesIO()
    Image.fromarray(grain).resize(size_px, Image.Resampling.BICUBIC).convert(mode).save(made, form)
    return made.getvalue()


def flipped(code: str, bits: int) -> str:
    """A hash that differs from another in so many bits."""
    return f"{int(code, 16) ^ ((1 << bits) - 1):064x}"


def use(address: str, headers: Mapping[str, str], bank: str, longest_s: float) -> None:
    """Go through all that a client does. longest_s: until what was added is found."""
    with httpx2.Client(base_url=address, headers=dict(headers), timeout=60) as client:
        _Use(client, bank, longest_s).all()


class _Use:
    def __init__(self, client: httpx2.Client, bank: str, longest_s: float) -> None:
        self.client = client
        self.bank = bank
        self.longest_s = longest_s

    def all(self) -> None:
        self.lives()
        self.banks()
        code, by_file = self.adds_a_file()
        by_hash = self.adds_hashes(flipped(code, 7))
        video = self.adds_a_video()
        self.until(lambda: len(self.raw(code)) >= 2 and self.raw(self.md5(video), "video_md5"))
        self.looks_up(code, by_file, by_hash)
        self.looks_up_a_video(video)
        self.disables(code, by_file, by_hash)
        self.compares(code)
        self.states()
        self.deletes(code, by_file, by_hash)

    def lives(self) -> None:
        for path in ("/status", "/status/live"):
            answer = self.client.get(path)
            assert (answer.status_code, answer.text) == (200, "I-AM-ALIVE")
            assert self.client.head(path).status_code == 200

    def banks(self) -> None:
        made = self.client.post("/c/banks", json={"name": self.bank})
        assert made.status_code == 201
        assert made.json() == {"name": self.bank, "matching_enabled_ratio": 1.0}
        again = self.client.post("/c/banks", json={"name": self.bank})
        assert again.status_code == 403
        assert isinstance(again.json()["message"], str)
        refused = self.client.post("/c/banks", json={"name": "lower"})
        assert refused.status_code == 400
        assert isinstance(refused.json()["message"], str)
        assert self.client.post("/c/banks", json={}).status_code == 422
        assert self.client.get(f"/c/bank/{self.bank}").json() == made.json()
        assert made.json() in self.client.get("/c/banks").json()
        missing = self.client.get("/c/bank/NO_SUCH_BANK")
        assert missing.status_code == 404
        assert list(missing.json()) == ["message"]
        half = self.client.put(f"/c/bank/{self.bank}", json={"enabled_ratio": 0.5})
        assert half.json() == {"name": self.bank, "matching_enabled_ratio": 0.5}
        off = self.client.put(f"/c/bank/{self.bank}", json={"enabled": False})
        assert off.json() == {"name": self.bank, "matching_enabled_ratio": 0}
        assert self.client.put(f"/c/bank/{self.bank}", json={"enabled": True}).json() == made.json()

    def adds_a_file(self) -> tuple[str, int]:
        hashed = self.client.post("/h/hash", files={"photo": ("a.png", picture(1), "image/png")})
        assert hashed.status_code == 200
        assert list(hashed.json()) == ["pdq"]
        assert PDQ.fullmatch(hashed.json()["pdq"])
        metadata = {"content_id": "post-0815", "content_uri": "s3://media/0815", "json": {"source": ["desk"]}}
        added = self.client.post(
            f"/c/bank/{self.bank}/content",
            files={"photo": ("a.png", picture(1), "image/png")},
            data={"metadata": json.dumps(metadata), "note": "from the desk"},
        )
        assert added.status_code == 200
        assert added.json() == {"id": added.json()["id"], "signals": hashed.json()}
        number = added.json()["id"]
        assert isinstance(number, int)
        shown = self.client.get(f"/c/bank/{self.bank}/content/{number}", params={"include_signals": "true"})
        assert shown.json() == {
            "id": number,
            "disable_until_ts": 1,
            "original_media_uri": None,
            "bank": {"name": self.bank, "matching_enabled_ratio": 1.0},
            "signals": hashed.json(),
            "metadata": {"collab": None, **metadata},
            "note": "from the desk",
        }
        without = self.client.get(
            f"/c/bank/{self.bank}/content/{number}", params={"include_metadata": "false"}
        )
        assert without.json().keys() == shown.json().keys() - {"signals", "metadata"}
        return hashed.json()["pdq"], number

    def adds_hashes(self, code: str) -> int:
        added = self.client.post(f"/c/bank/{self.bank}/signal", json={"pdq": code, "note": "a partner's"})
        assert added.status_code == 200
        assert added.json()["signals"] == {"pdq": code}
        shown = self.client.get(f"/c/bank/{self.bank}/content/{added.json()['id']}").json()
        assert shown["note"] == "a partner's"
        assert "metadata" not in shown
        for body in ({}, {"no_such": code}, {"pdq": "x"}):
            refused = self.client.post(f"/c/bank/{self.bank}/signal", json=body)
            assert refused.status_code == 400
            assert list(refused.json()) == ["message"]
        return added.json()["id"]

    def adds_a_video(self) -> bytes:
        data = f"not a video that a decoder reads {self.bank}".encode()
        added = self.client.post(
            f"/c/bank/{self.bank}/content", files={"video": ("a.mp4", data, "video/mp4")}
        )
        assert added.status_code == 200
        assert added.json()["signals"]["video_md5"] == self.md5(data)
        return data

    def looks_up(self, code: str, by_file: int, by_hash: int) -> None:
        ours = {"banks": self.bank}
        both = [
            {"bank_content_id": by_file, "distance": "0"},
            {"bank_content_id": by_hash, "distance": "7"},
        ]
        raw = self.client.get(
            "/m/raw_lookup",
            params={"signal": code, "signal_type": "pdq", "include_distance": "true", **ours},
        )
        assert raw.status_code == 200
        assert by_distance(raw.json()["matches"]) == both
        assert sorted(self.raw(code)) == sorted([by_file, by_hash])
        found = self.client.get("/m/lookup", params={"signal": code, "signal_type": "pdq", **ours})
        assert by_distance(found.json()[self.bank]) == both
        assert list(found.json()) == [self.bank]
        by_picture = self.client.post(
            "/m/lookup", files={"photo": ("b.png", picture(1), "image/png")}, params=ours
        )
        assert by_distance(by_picture.json()["pdq"][self.bank]) == both
        smaller = picture(1, "JPEG", size_px=(320, 240))
        by_copy = self.client.post(
            "/m/lookup", files={"photo": ("b.jpg", smaller, "image/jpeg")}, params=ours
        )
        assert by_file in [one["bank_content_id"] for one in by_copy.json()["pdq"][self.bank]]
        other = self.client.post(
            "/m/lookup", files={"photo": ("c.png", picture(2), "image/png")}, params=ours
        )
        assert other.json() == {"pdq": {}}
        elsewhere = {"signal": code, "signal_type": "pdq", "banks": "NO_SUCH_BANK"}
        assert self.client.get("/m/lookup", params=elsewhere).json() == {}
        for wrong in ({"signal": code}, {}, {"signal": "ab", "signal_type": "pdq"}):
            assert self.client.get("/m/lookup", params=wrong).status_code == 400
        assert self.client.get("/m/raw_lookup", params={"signal": code}).status_code == 422
        unknown = {"signal": code, "signal_type": "no_such"}
        assert self.client.get("/m/raw_lookup", params=unknown).status_code == 400

    def looks_up_a_video(self, data: bytes) -> None:
        found = self.client.post("/m/lookup", files={"video": ("b.mp4", data, "video/mp4")})
        exact = found.json()["video_md5"][self.bank]
        assert [one["distance"] for one in exact] == ["-"]

    def disables(self, code: str, by_file: int, by_hash: int) -> None:
        path = f"/c/bank/{self.bank}/content/{by_file}"
        off = self.client.put(path, json={"disable_until_ts": 0})
        assert off.status_code == 200
        assert off.json()["disable_until_ts"] == 0
        assert off.json()["user_metadata"]["content_id"] == "post-0815"
        assert self.ids(code) == [by_hash]
        later = self.client.put(path, json={"disable_until_ts": int(time.time()) + 3600})
        assert later.status_code == 200
        assert self.ids(code) == [by_hash]
        for refused in (-1, "x", 99999999999):
            assert self.client.put(path, json={"disable_until_ts": refused}).status_code == 400
        on = self.client.put(path, json={"disable_until_ts": 1, "note": "checked"})
        assert on.json()["note"] == "checked"
        assert sorted(self.ids(code)) == sorted([by_file, by_hash])

    def compares(self, code: str) -> None:
        near = self.client.post("/m/compare", json={"pdq": [code, flipped(code, 31)]})
        assert near.json() == {"pdq": [True, {"distance": 31}]}
        far = self.client.post("/m/compare", json={"pdq": [code, flipped(code, 32)]})
        assert far.json() == {"pdq": [False, {"distance": 32}]}
        for wrong in ({"pdq": [code]}, {"no_such": [code, code]}, {"pdq": [code, "x"]}, [code]):
            assert self.client.post("/m/compare", json=wrong).status_code == 400

    def states(self) -> None:
        said = self.client.get("/m/index/status").json()
        assert said["pdq"]["present"] is True
        assert said["pdq"]["size"] >= 2
        assert said["pdq"]["built_to"] > 0
        assert list(self.client.get("/m/index/status", params={"signal_type": "pdq"}).json()) == ["pdq"]
        assert self.client.get("/m/index/status", params={"signal_type": "x"}).status_code == 400
        assert {"name": "pdq", "enabled_ratio": 1.0} in self.client.get("/c/signal_type").json()
        assert {"name": "photo", "enabled": True} in self.client.get("/c/content_type").json()
        assert isinstance(self.client.get("/c/exchanges").json(), list)
        assert self.client.get("/c/signal_type/index").json()["pdq"]["db_size"] >= 2

    def deletes(self, code: str, by_file: int, by_hash: int) -> None:
        path = f"/c/bank/{self.bank}/content/{by_hash}"
        assert self.client.delete(path).json() == {"deleted": 1}
        assert self.client.delete(path).json() == {"deleted": 0}
        assert self.client.get(path).status_code == 404
        assert self.ids(code) == [by_file]
        assert self.client.delete(f"/c/bank/NO_SUCH_BANK/content/{by_file}").status_code == 404
        gone = self.client.delete(f"/c/bank/{self.bank}")
        assert (gone.status_code, gone.json()) == (200, {"message": "Done"})
        assert self.client.delete(f"/c/bank/{self.bank}").json() == {"message": "Done"}
        assert self.client.get(f"/c/bank/{self.bank}").status_code == 404
        assert self.ids(code) == []

    def md5(self, data: bytes) -> str:
        return hashlib.md5(data, usedforsecurity=False).hexdigest()

    def raw(self, signal: str, kind: str = "pdq") -> list[int]:
        asked = {"signal": signal, "signal_type": kind, "banks": self.bank}
        return self.client.get("/m/raw_lookup", params=asked).json()["matches"]

    def ids(self, code: str) -> list[int]:
        asked = {"signal": code, "signal_type": "pdq", "banks": self.bank}
        found = self.client.get("/m/lookup", params=asked).json()
        return [one["bank_content_id"] for one in found.get(self.bank, [])]

    def until(self, holds: Callable[[], object]) -> None:
        deadline = time.monotonic() + self.longest_s
        while not holds():
            assert time.monotonic() < deadline, "what was added is not found"
            time.sleep(0.5)


def by_distance(matches: list[dict]) -> list[dict]:
    return sorted(matches, key=lambda one: int(one["distance"]))
