"""What every suite works with: processes, a folder for files, progress, and a clock for each phase."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, TypeVar

from seawall import errors
from seawall.bench import corpus, make, synthetic

Progress = Callable[[str, int, int], None]  #: the phase, how much of it is done, and of how much
Result = TypeVar("Result")

_PROCESSES: Final = 2


class Phases:
    """Seconds by phase."""

    def __init__(self) -> None:
        self.timings_s: dict[str, float] = {}

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        """Count the time spent inside to the phase."""
        began_s = time.perf_counter()
        yield
        spent_s = time.perf_counter() - began_s
        self.timings_s[phase] = round(self.timings_s.get(phase, 0.0) + spent_s, 2)


class Workshop(Phases):
    """One run's processes and its folder."""

    def __init__(self, folder: Path, pool: Executor, progress: Progress) -> None:
        super().__init__()
        self.folder, self.pool, self.progress = folder, pool, progress

    def collect(self, phase: str, jobs: Sequence[Future[Result]]) -> list[Result]:
        """Wait for the jobs, in their own order; the first error ends the run."""
        self.progress(phase, 0, len(jobs))
        for done, job in enumerate(as_completed(jobs), 1):
            job.result()
            self.progress(phase, done, len(jobs))
        return [job.result() for job in jobs]

    def read(self, folder: Path) -> corpus.Corpus:
        """The corpus of that folder. Raises errors.PathNotFound, errors.BadCorpus."""
        with self.timed("corpus"):
            return corpus.read(
                folder,
                pool=self.pool,
                progress=lambda done, total: self.progress("corpus", done, total),
                kept=self.folder / "scans",
            )

    def synthesised(self, seed: int, count: int, duration_s: float) -> list[corpus.Clip]:
        """Clips made for the run; those kept from an earlier one stay."""
        with self.timed("synthetic"):
            home = self.folder / "synthetic"
            seeds = [1000 * seed + number for number in range(count)]
            jobs = [self.pool.submit(_synthesised, home, one, duration_s) for one in seeds]
            return self.collect("synthetic", jobs)


@contextmanager
def opened(work: Path | None, progress: Progress) -> Iterator[Workshop]:
    """A workshop in `work`, or in a folder that goes with it."""
    with ExitStack() as stack:
        home = work or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="seawall-bench-")))
        home.mkdir(parents=True, exist_ok=True)
        # Fresh interpreters: forking would copy whatever threads the caller runs.
        context = multiprocessing.get_context("spawn")
        pool = stack.enter_context(ProcessPoolExecutor(_PROCESSES, mp_context=context))
        try:
            yield Workshop(home.resolve(), pool, progress)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _synthesised(folder: Path, seed: int, duration_s: float) -> corpus.Clip:
    path = folder / f"{seed:08}-{duration_s:g}s.mp4"
    if not path.is_file():
        partial = make.partial_path(path)
        synthetic.write_clip(partial, seed, duration_s)
        partial.replace(path)
    clip = corpus.scan(path, f"(synthetic) {path.name}", folder / "scans")
    if isinstance(clip, corpus.Dropped):
        raise errors.BadCorpus(path=path, reason=clip.reason)
    return clip
