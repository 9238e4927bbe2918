"""`seawall hash --vpdq` writes what vPDQ's own program would."""

from seawall.signals import vpdq_text


def test_the_lines_of_a_vpdq_file_are_printed(seawall_cli, clips):
    printed = seawall_cli("hash", "--vpdq", clips["known-b"]).out
    frames = vpdq_text.read(printed)
    document = seawall_cli.json("hash", "--every-frame", clips["known-b"])["results"][0]
    values = [one["value"] for one in document["signals"] if one["type"] == "pdq"]
    assert len(values) > 60
    assert [code.value.hex() for code, _ in frames] == values
    assert printed.startswith(f"0,{frames[0][0].quality},{values[0]},0.000\n")
    assert list(vpdq_text.to_lines(frames)) == printed.splitlines()


def test_a_file_that_is_no_video_prints_its_error(seawall_cli, tmp_path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"x" * 100)
    ran = seawall_cli("hash", "--vpdq", broken)
    assert ran.code == 10
    assert "unsupported_format" in ran.out
