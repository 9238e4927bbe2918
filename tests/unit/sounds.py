"""Sounds for tests: made from a seed, each unlike any other of another seed."""

from __future__ import annotations

import numpy as np

from seawall.signals import audio
from seawall.signals.roles import Role

RATE_HZ = audio.RATE_HZ


def music(duration_s: float, seed: int) -> np.ndarray:
    """(n,) float32: notes of several overtones that come and fade, at random times and pitches."""
    rng = np.random.default_rng(seed)
    total = np.zeros(int(duration_s * RATE_HZ))
    for _ in range(int(duration_s * 7)):
        at = int(rng.integers(0, len(total) - 100))
        time_s = np.arange(min(int(rng.uniform(0.15, 0.6) * RATE_HZ), len(total) - at)) / RATE_HZ
        hz = rng.uniform(200, 1500)
        note = sum(np.sin(2 * np.pi * hz * overtone * time_s) / overtone for overtone in (1, 2, 3))
        total[at : at + len(time_s)] += rng.uniform(0.3, 1) * note * np.exp(-time_s / rng.uniform(0.05, 0.3))
    return (0.1 * total / total.std()).astype(np.float32)


def noise(count: int, level: float, seed: int) -> np.ndarray:
    return (level * np.random.default_rng(seed).standard_normal(count)).astype(np.float32)


def reference(samples: np.ndarray) -> audio.Fingerprint:
    return audio.fingerprint([samples], Role.REFERENCE)


def query(samples: np.ndarray) -> audio.Fingerprint:
    return audio.fingerprint([samples], Role.QUERY)


def stretched(samples: np.ndarray, speed: float) -> np.ndarray:
    """Played faster, and so higher."""
    at = np.arange(int(len(samples) / speed)) * speed
    return np.interp(at, np.arange(len(samples)), samples).astype(np.float32)
