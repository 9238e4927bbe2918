"""The sandbox: values and errors come back, and nothing that a file brings out reaches this process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from seawall import errors, media
from seawall.media import child, seccomp

sys.path.append(str(Path(__file__).resolve().parents[1] / "faults"))
import mutate
import sandbox_tasks

LIMITS = media.Limits(cpu_s=30, wall_s=60, memory_bytes=256 << 20)
ROOTS = ("sandbox_tasks",)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[media.Sandbox]:
    with media.Sandbox(2, LIMITS, task_roots=ROOTS) as pool:
        yield pool


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("media") / "clip.mp4"
    path.write_bytes(mutate.sources()["mp4"])
    return path


def process(pool: media.Sandbox, path: Path) -> int:
    pid = pool.run(path, "sandbox_tasks:process", {})
    assert isinstance(pid, int)
    return pid


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)


def processor_ticks(pid: int) -> int:
    """Processor time that a process has used so far, in the system's ticks of a hundredth of a second."""
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11])


def at_work(pool: media.Sandbox) -> bool:
    """Whether the only child has been given a second job."""
    return next(iter(pool._children)).jobs == 2


def test_a_task_gives_what_it_gives_in_this_process(sandbox: media.Sandbox, tmp_path: Path) -> None:
    for name, data in mutate.sources().items():
        path = tmp_path / name
        path.write_bytes(data)
        with media.open(path) as file:
            here = sandbox_tasks.read_all(file)
        assert sandbox.run(path, "sandbox_tasks:read_all", {}) == here, name


def test_values_of_every_kind_come_back(sandbox: media.Sandbox, clip: Path) -> None:
    value = {"none": None, "list": [True, 1, 2.5, "ü\udce9", b"\0\xff"], "array": np.eye(3, dtype=np.float32)}
    back = sandbox.run(clip, "sandbox_tasks:echo", {"value": value})
    assert isinstance(back, dict)
    assert back["list"] == value["list"]
    assert back["none"] is None
    assert np.array_equal(back["array"], np.eye(3))


def test_a_child_serves_many_files_and_is_replaced_in_time(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seawall.media.sandbox._JOBS_PER_CHILD", 3)
    with media.Sandbox(1, LIMITS, task_roots=ROOTS) as pool:
        pids = [process(pool, clip) for _ in range(7)]
    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [3, 3, 1]


@pytest.mark.parametrize(
    "task", ["os:getcwd", "sandbox_tasks:_answer", "sandbox_tasks", "seawall.media:open", "", "a b:c"]
)
def test_only_named_tasks_run(sandbox: media.Sandbox, clip: Path, task: str) -> None:
    with pytest.raises(ValueError, match="not a task"):
        sandbox.run(clip, task, {})


def test_production_accepts_only_its_own_package(clip: Path) -> None:
    with media.Sandbox(1, LIMITS) as pool, pytest.raises(ValueError, match="not a task"):
        pool.run(clip, "sandbox_tasks:process", {})


def test_a_module_that_is_not_there_is_told(clip: Path) -> None:
    with (
        media.Sandbox(1, LIMITS) as pool,
        pytest.raises(errors.SandboxUnavailable, match="nowhere"),
    ):
        pool.run(clip, "seawall.nowhere:task", {})


def test_an_error_of_the_tree_comes_back_as_itself(sandbox: media.Sandbox, clip: Path) -> None:
    with pytest.raises(errors.MediaTooLarge) as caught:
        sandbox.run(clip, "sandbox_tasks:refuse", {})
    assert caught.value.fields == {"path": str(clip), "size": 7, "unit": "pixels", "limit": 3}


def test_a_fault_in_a_task_is_told_with_its_place(sandbox: media.Sandbox, clip: Path) -> None:
    with pytest.raises(errors.DecoderCrashed, match=r"KeyError.*sandbox_tasks\.py") as caught:
        sandbox.run(clip, "sandbox_tasks:stumble", {})
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("task", "params", "cause"),
    [
        ("die", {"number": int(signal.SIGKILL)}, "signal 9"),
        ("fault", {}, "signal 11"),
        ("leave", {}, "exit status 3"),
        ("babble", {}, "no message"),
    ],
)
def test_a_dead_child_is_told_and_the_next_file_works(
    sandbox: media.Sandbox, clip: Path, task: str, params: dict[str, int], cause: str
) -> None:
    with pytest.raises(errors.DecoderCrashed, match=cause) as caught:
        sandbox.run(clip, f"sandbox_tasks:{task}", params)
    assert caught.value.fields["path"] == str(clip)
    assert process(sandbox, clip) > 0


def test_a_child_killed_from_outside_in_its_work_is_told(clip: Path) -> None:
    with media.Sandbox(1, LIMITS, task_roots=ROOTS) as pool, ThreadPoolExecutor(1) as threads:
        pid = process(pool, clip)
        idle_ticks = processor_ticks(pid)
        work = threads.submit(pool.run, clip, "sandbox_tasks:spin", {})
        # Killed before it has taken the file on, it would cost nothing and the task would start again.
        wait_until(lambda: processor_ticks(pid) >= idle_ticks + 20)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(errors.DecoderCrashed, match="signal 9"):
            work.result(20)
        assert process(pool, clip) != pid


def test_a_child_that_dies_between_files_costs_no_file(clip: Path) -> None:
    with media.Sandbox(1, LIMITS, task_roots=ROOTS) as pool:
        pid = process(pool, clip)
        os.kill(pid, signal.SIGKILL)
        assert process(pool, clip) != pid


def test_a_child_that_hangs_is_stopped_by_the_clock(clip: Path) -> None:
    with media.Sandbox(1, media.Limits(wall_s=0.5), task_roots=ROOTS) as pool:
        pid = process(pool, clip)
        with pytest.raises(errors.DecodeTimeout) as caught:
            pool.run(clip, "sandbox_tasks:sleep", {"seconds": 60.0})
        assert caught.value.fields == {"path": str(clip), "limit_s": 0.5, "clock": "wall"}
        assert not alive(pid)
        assert process(pool, clip) != pid


def test_a_child_that_spins_is_stopped_by_the_system(clip: Path) -> None:
    with media.Sandbox(1, media.Limits(cpu_s=1, wall_s=60), task_roots=ROOTS) as pool:
        for _ in range(2):
            process(pool, clip)
        with pytest.raises(errors.DecodeTimeout) as caught:
            pool.run(clip, "sandbox_tasks:spin", {})
        assert caught.value.fields["clock"] == "processor"
        assert caught.value.fields["limit_s"] == 1


def test_a_child_that_takes_all_memory_is_refused_it(sandbox: media.Sandbox, clip: Path) -> None:
    with pytest.raises(errors.DecodeMemory) as caught:
        sandbox.run(clip, "sandbox_tasks:hog", {})
    assert caught.value.fields == {"path": str(clip), "limit_bytes": LIMITS.memory_bytes}
    assert process(sandbox, clip) > 0


def test_a_child_can_reach_nothing(sandbox: media.Sandbox, clip: Path) -> None:
    answers = sandbox.run(clip, "sandbox_tasks:break_out", {})
    assert isinstance(answers, dict)
    assert len(answers) > 15
    allowed = {
        name: answer for name, answer in answers.items() if answer not in ("EPERM", "EACCES", "ENOSYS")
    }
    assert allowed == {}


def test_the_protections_are_told_as_they_were_tried(sandbox: media.Sandbox) -> None:
    found = {item.name: item for item in sandbox.describe()}
    assert {"files", "network", "programs", "processes", "memory", "processor_time", "wall_time"} <= set(
        found
    )
    assert all(item.active for item in found.values()), found
    assert "seccomp" in found["files"].detail


def test_a_child_has_nothing_of_the_environment(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEAWALL_SECRET", "x")
    with media.Sandbox(1, LIMITS, task_roots=ROOTS) as pool:
        environment = Path(f"/proc/{process(pool, clip)}/environ").read_bytes()
    assert b"SECRET" not in environment


def test_threads_share_the_children(sandbox: media.Sandbox, clip: Path) -> None:
    with ThreadPoolExecutor(6) as threads:
        pids = list(threads.map(lambda _: process(sandbox, clip), range(60)))
    assert len(set(pids)) <= 2


def test_a_thread_that_ends_takes_no_child_with_it(clip: Path) -> None:
    with media.Sandbox(1, LIMITS, task_roots=ROOTS) as pool:
        pids: list[int] = []
        for _ in range(2):
            thread = threading.Thread(target=lambda: pids.append(process(pool, clip)))
            thread.start()
            thread.join()
    assert pids[0] == pids[1]


def test_closing_ends_the_children_also_at_work(clip: Path) -> None:
    pool = media.Sandbox(2, LIMITS, task_roots=ROOTS)
    pid = process(pool, clip)
    with ThreadPoolExecutor(1) as threads:
        work = threads.submit(pool.run, clip, "sandbox_tasks:sleep", {"seconds": 60.0})
        wait_until(lambda: at_work(pool))
        pool.close()
        with pytest.raises(errors.SandboxUnavailable):
            work.result(20)
    assert not alive(pid)
    with pytest.raises(errors.SandboxUnavailable):
        pool.run(clip, "sandbox_tasks:process", {})
    pool.close()


ORPHAN = """
import sys
sys.path[:0] = {paths!r}
from seawall import media
pool = media.Sandbox(1, media.Limits(), task_roots=("sandbox_tasks",))
print(pool.run({clip!r}, "sandbox_tasks:process", {{}}), flush=True)
pool.run({clip!r}, {task!r}, {params!r})
"""


@pytest.mark.parametrize(
    ("task", "params"), [("sandbox_tasks:sleep", {"seconds": 60.0}), ("sandbox_tasks:spin", {})]
)
def test_a_parent_that_is_killed_leaves_no_child(clip: Path, task: str, params: dict[str, float]) -> None:
    paths = [str(Path(sandbox_tasks.__file__).parent)]
    program = ORPHAN.format(paths=paths, clip=str(clip), task=task, params=params)
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.kill()
    wait_until(lambda: not alive(pid))


def test_an_interpreter_that_cannot_start_is_told(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with media.Sandbox(1, LIMITS) as pool, pytest.raises(errors.SandboxUnavailable):
        pool.describe()


def test_a_child_that_dies_at_its_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "_BOOT", "import sys; sys.exit(7)")
    with media.Sandbox(1, LIMITS) as pool, pytest.raises(errors.SandboxUnavailable, match="exit status 7"):
        pool.describe()


def test_an_answer_that_names_no_known_error_is_a_crash() -> None:
    for code, fields in (
        ("disk_full", {"path": "/"}),
        ("nonsense", {}),
        ("decode_timeout", {"limit_s": "x", "clock": "y"}),
    ):
        assert isinstance(child._rebuild("a.mp4", code, fields), errors.DecoderCrashed)


def test_a_sandbox_needs_a_worker() -> None:
    with pytest.raises(errors.UsageError):
        media.Sandbox(0, LIMITS)


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_is_a_program_whose_jumps_stay_inside(machine: str) -> None:
    steps = seccomp.program(machine, 1234)
    assert steps is not None
    assert len(steps) < 4096
    assert steps[-1].code == 0x06
    for at, step in enumerate(steps):
        assert 0 <= step.if_true < 256
        assert 0 <= step.if_false < 256
        if step.code in (0x15, 0x35, 0x45):
            assert max(at + 1 + step.if_true, at + 1 + step.if_false) < len(steps)
    assert seccomp.program("riscv64", 1) is None


def run_filter(machine: str, number: int, arguments: tuple[int, ...] = (0, 0, 0, 0)) -> int:
    """What the kernel's interpreter would return for a call."""
    steps = seccomp.program(machine, 1234)
    assert steps is not None
    words = {0: number, 4: {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}[machine]}
    words |= {16 + 8 * place: value for place, value in enumerate(arguments)}
    held, at = 0, 0
    while True:
        step = steps[at]
        at += 1
        if step.code == 0x20:
            held = words[step.value]
        elif step.code == 0x06:
            return step.value
        else:
            met = {0x15: held == step.value, 0x35: held >= step.value, 0x45: bool(held & step.value)}[
                step.code
            ]
            at += step.if_true if met else step.if_false


ALLOW, PERM, NOSYS = 0x7FFF0000, 0x00050001, 0x00050026


@pytest.mark.parametrize(
    ("call", "x86_64", "aarch64", "arguments", "expected"),
    [
        ("read", 0, 63, (), ALLOW),
        ("futex", 202, 98, (), ALLOW),
        ("openat", 257, 56, (), PERM),
        ("execve", 59, 221, (), PERM),
        ("socket", 41, 198, (), PERM),
        ("io_uring_setup", 425, 425, (), PERM),
        ("ptrace", 101, 117, (), PERM),
        ("thread", 56, 220, (0x3D0F00, 0, 0, 0), ALLOW),
        ("fork", 56, 220, (17, 0, 0, 0), PERM),
        ("clone3", 435, 435, (), NOSYS),
        ("newer", 500, 500, (), NOSYS),
        ("own thread's signal", 234, 131, (1234, 0, 0, 0), ALLOW),
        ("another's signal", 234, 131, (1, 0, 0, 0), PERM),
        ("asking for limits", 302, 261, (0, 0, 0, 0), ALLOW),
        ("setting limits", 302, 261, (0, 0, 1, 0), PERM),
        ("naming a thread", 157, 167, (15, 0, 0, 0), ALLOW),
        ("outliving the parent", 157, 167, (1, 0, 0, 0), PERM),
        ("stat of a descriptor", 262, 79, (0, 0, 0, 0x1000), ALLOW),
        ("stat of a path", 262, 79, (0, 0, 0, 0x100), PERM),
        ("non-blocking", 16, 29, (0, 0x5421, 0, 0), ALLOW),
        ("typing for the user", 16, 29, (0, 0x5412, 0, 0), PERM),
    ],
)
def test_the_filter_on_both_machines(
    call: str, x86_64: int, aarch64: int, arguments: tuple[int, ...], expected: int
) -> None:
    padded = (*arguments, 0, 0, 0, 0)[:4]
    assert run_filter("x86_64", x86_64, padded) == expected, call
    assert run_filter("aarch64", aarch64, padded) == expected, call


def test_the_second_numbering_of_x86_64_is_closed() -> None:
    assert run_filter("x86_64", 0x40000000 | 59) == NOSYS
