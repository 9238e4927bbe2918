"""vPDQ's two texts: read as they are written, malformed ones refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, strategies as st

from seawall.signals import pdq, vpdq_text

CODE = "6618248bed70188667716779128fdb7411e70075e0edfe7d3f2cc00f03f515b3"

FRAMES = st.lists(
    st.tuples(
        st.builds(pdq.Pdq, st.binary(min_size=32, max_size=32), st.integers(0, 100)),
        st.integers(0, 4_000_000).map(lambda ms: ms / 1000),
    ),
    max_size=20,
).map(lambda frames: sorted(frames, key=lambda frame: frame[1]))


@given(FRAMES)
def test_both_forms_are_read_as_they_were_written(frames):
    assert vpdq_text.read(vpdq_text.to_json(frames)) == frames
    assert vpdq_text.read("\n".join(vpdq_text.to_lines(frames)) + "\n") == frames


@given(FRAMES)
def test_one_hash_of_each_second_is_kept(frames):
    kept = vpdq_text.one_a_second(frames)
    seconds = [int(time_s) for _, time_s in kept]
    assert seconds == sorted({int(time_s) for _, time_s in frames})
    assert kept[:1] == frames[:1]
    assert all(frame in frames for frame in kept)


def test_a_published_file_is_read(conformance_dir):
    path = conformance_dir / "vpdq" / "chair-19-sd-bar.txt"
    text = path.read_text(encoding="ascii")
    frames = vpdq_text.read(text)
    assert len(frames) == len(text.split())
    assert frames[1][0].value.hex() == text.split()[1].split(",")[2]
    assert frames[1][1] == 0.033
    assert list(vpdq_text.to_lines(frames)) == text.split()


def test_times_are_to_the_millisecond_where_three_digits_lose_seconds():
    (text,) = json.loads(vpdq_text.to_json([(pdq.Pdq(bytes.fromhex(CODE), 100), 3725.25)]))
    assert text == f"{CODE},100,3725.250"


def test_the_older_mapping_is_read_too():
    old = {
        "30": {"hash": CODE, "quality": 90, "timestamp": 1.0},
        "0": {"hash": CODE, "quality": 9, "timestamp": 0},
    }
    assert [(code.quality, time_s) for code, time_s in vpdq_text.read(json.dumps(old))] == [
        (9, 0.0),
        (90, 1.0),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "[",
        "[1]",
        '["x"]',
        "{}}",
        '{"0": 1}',
        '{"0": {}}',
        json.dumps([f"{CODE},101,0.0"]),
        json.dumps([f"{CODE},-1,0.0"]),
        json.dumps([f"{CODE},100,-1"]),
        json.dumps([f"{CODE},100,nan"]),
        json.dumps([f"{CODE},100,inf"]),
        json.dumps([f"{CODE},1.5,0"]),
        json.dumps([f"{CODE[:-1]},100,0"]),
        json.dumps([f"{CODE[:-1]} ,100,0"]),
        json.dumps([f"{CODE[:-1]}g,100,0"]),
        json.dumps([f"{CODE},100"]),
        f"0,100,{CODE}",
        "[" * 100_000,
        json.dumps(["x"] * (vpdq_text.MOST_FRAMES + 1)),
    ],
    ids=range(20),
)
def test_what_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        vpdq_text.read(text)
