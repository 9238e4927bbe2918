"""PDQ equals what other implementations computed, from the file to the last bit."""

import csv

import numpy as np
import pytest
from PIL import Image, ImageOps

from seawall import media
from seawall.signals import pdq

#: the folders have shorter names here than where the table was made
FOLDERS = {
    "misc-images/": "misc/",
    "reg-test-input/dih/": "dihedral/",
    "reg-test-input/labelme-subset/": "labelme/",
}
NOT_HERE = "reg-test-input/pen-and-coaster.png"
MODES = ("1", "CMYK", "F", "HSV", "I", "L", "LA", "LAB", "P", "PA", "RGB", "RGBA", "YCbCr")
MODE_BITS = 2  #: conversion between modes rounds


def hashed(path):
    with media.open(path) as opened:
        return pdq.hash_luma(opened.picture().luma())


def table(conformance_dir):
    with (conformance_dir / "pdq_three_pipelines.csv").open(newline="") as file:
        for name, _, code, quality, *_ in list(csv.reader(file))[1:]:
            if name != NOT_HERE:
                yield name, pdq.Pdq(bytes.fromhex(code), int(quality))


def here(conformance_dir, name):
    for folder, ours in FOLDERS.items():
        if name.startswith(folder):
            name = ours + name.removeprefix(folder)
    return conformance_dir / "pdq" / name


def test_every_picture_of_the_table_has_its_hash_and_quality(conformance_dir):
    expected = dict(table(conformance_dir))
    assert len(expected) == 30
    assert {name: hashed(here(conformance_dir, name)) for name in expected} == expected


@pytest.mark.parametrize("mode", MODES)
def test_one_picture_in_every_mode_has_one_hash(conformance_dir, mode):
    modes = conformance_dir / "pdq" / "modes"
    (path,) = modes.glob(f"{mode}.*")
    assert hashed(path).distance(hashed(modes / "original.jpg")) <= MODE_BITS


@pytest.mark.parametrize("number", [1, 6])
def test_a_photo_is_hashed_as_it_is_shown(conformance_dir, number):
    path = conformance_dir / "pdq" / "exif" / f"exif-rotn-{number}.jpg"
    with Image.open(path) as stored:
        weights = np.array([0.299, 0.587, 0.114], np.float32)
        upright = np.asarray(ImageOps.exif_transpose(stored), np.float32) @ weights
        lying = np.asarray(stored, np.float32) @ weights
    assert hashed(path).distance(pdq.hash_luma(upright)) == 0
    if number != 1:  # 1 says that it stands upright as stored
        assert hashed(path).distance(pdq.hash_luma(lying)) > pdq.MATCH_BITS
