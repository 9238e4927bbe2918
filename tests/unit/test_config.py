"""Settings: which source wins, and what is refused."""

from pathlib import Path

import pytest

from seawall import config, errors, media
from seawall.workflows import opening


def test_the_variable_wins_over_the_file_and_the_file_over_the_default(tmp_path):
    (tmp_path / "seawall.toml").write_text("workers = 3\nmax_frames = 7\n")
    settings = config.load(tmp_path, {"SEAWALL_WORKERS": "5"})
    assert settings.workers == 5
    assert settings.whole("max_frames") == 7
    assert settings.whole("max_pixels") == 100_000_000


def test_the_callers_folder_wins_over_the_variable(tmp_path):
    assert config.load(tmp_path, {"SEAWALL_DATA": "/elsewhere"}).data == tmp_path
    assert config.load(None, {"SEAWALL_DATA": str(tmp_path)}).data == tmp_path


def test_no_worker_count_means_one_a_core(tmp_path):
    assert config.load(tmp_path, {}).workers >= 1


@pytest.mark.parametrize(
    ("name", "value"), [("MAX_FRAMES", "many"), ("MAX_FRAMES", "0"), ("WORKERS", "-1"), ("MAX_CPU_S", "nan")]
)
def test_values_that_cannot_be_used_are_named(tmp_path, name, value):
    with pytest.raises(errors.BadSetting, match=name.lower()):
        config.load(tmp_path, {f"SEAWALL_{name}": value})


@pytest.mark.parametrize(
    "content", ["max_bites = 1\n", "max_frames = true\n", "max_frames = [1]\n", "not toml", "data = 3\n"]
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path, content):
    (tmp_path / "seawall.toml").write_text(content)
    with pytest.raises(errors.BadSetting):
        config.load(tmp_path, {})


def test_limits_are_the_settings(tmp_path):
    settings = config.load(tmp_path, {"SEAWALL_MAX_MEMORY_BYTES": "123456789"})
    limits = opening.limits(settings)
    assert limits.memory_bytes == 123456789
    assert limits == media.Limits(memory_bytes=123456789), "the defaults of settings and limits are the same"


def test_names_are_unique_and_each_has_a_variable():
    names = [setting.name for setting in config.SETTINGS]
    assert len(set(names)) == len(names)
    assert all(setting.variable == f"SEAWALL_{setting.name.upper()}" for setting in config.SETTINGS)
    assert isinstance(config.load(None, {}).data, Path)
