# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The scripts beside training."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from isaaclab_factory.learning.arguments import trainable_tasks


def test_list_envs_names_every_task_in_full(run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("list_envs.py", "--plain").stdout.split() == trainable_tasks()
    assert run("list_envs.py", "--plain", "--keyword", "M8-P").stdout == "Isaac-Factory-NutThreadM8-Play-v0\n"
    monkeypatch.setenv("COLUMNS", "80")
    table = run("list_envs.py").stdout
    assert all(task in table for task in trainable_tasks())
    assert "rl_games_lstm" in table


def test_check_machine_is_silent_on_a_machine_that_can_run_the_tests(run) -> None:
    result = run("check_machine.py")
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr == "" or "PyTorch's default build needs up to" in result.stderr


def load_script(name: str):
    """Imports a script as a module."""
    import importlib.util

    path = Path(__file__).parents[2] / "scripts" / name
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"PYTHON": (3, 99)}, "Python 3.99 is needed, this is 3.11"),
        ({"GLIBC": (99, 0)}, "glibc 99.0 or newer is needed"),
        ({"FREE_GB": 10**9}, "of free disk are needed to install"),
    ],
)
def test_check_machine_says_what_is_missing(change: dict, said: str) -> None:
    script = load_script("check_machine.py")
    vars(script).update(change)
    assert said in script.problem()


@pytest.mark.parametrize(("free", "said"), [(20e9, None), (8e9, "14 GB of free disk to install, 8.0 GB are left")])
def test_check_machine_warns_where_the_disk_has_room_for_the_cpu_build_only(
    monkeypatch: pytest.MonkeyPatch, free: float, said: str | None
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=free))
    script = load_script("check_machine.py")
    assert script.problem() is None
    assert script.warning() is None if said is None else said in script.warning()


def test_smooth_is_the_mean_over_the_last_points() -> None:
    values = np.array([1.0, 2.0, 6.0, 3.0])
    assert load_script("plot_runs.py").smooth(values, 3) == pytest.approx([1.0, 1.5, 3.0, 11.0 / 3.0])


def test_plot_runs_draws_a_run(run, tmp_path: Path) -> None:
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(tmp_path / "run" / "summaries") as writer:
        for step in range(5):
            writer.add_scalar("Episode/success", step / 5, 1000 * step)
    result = run("plot_runs.py", "run", "--output", "figures/success.png")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "figures" / "success.png").read_bytes().startswith(b"\x89PNG")


def test_plot_runs_says_which_curves_there_are(run, tmp_path: Path) -> None:
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(tmp_path / "run" / "summaries") as writer:
        writer.add_scalar("Loss/value", 1.0, 0)
    result = run("plot_runs.py", "run")
    assert result.returncode == 2
    assert "run has no curve 'Episode/success'; it has Loss/value" in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("script", ["zero_agent.py", "random_agent.py"])
def test_untrained_agents_step_the_task(run, script: str) -> None:
    result = run(script, "--num_envs", "2", "--steps", "160")
    assert result.returncode == 0, result.stderr
    assert "320 environment steps" in result.stdout
    assert "2 episodes finished" in result.stdout


@pytest.mark.slow
def test_benchmark_measures_stack_and_engine_in_one_run(run) -> None:
    result = run("benchmark.py", "--num_envs", "4", "--turns", "2", "--steps", "2", "--json")
    assert result.returncode == 0, result.stderr
    measured = json.loads(result.stdout)
    assert measured["num_envs"] == 4
    assert 0 < measured["whole_stack"] < measured["bare_engine"]
    assert 0 < measured["ratio"] < 1
    assert 0 < measured["first_step_s"] < 300
    assert 0.1 < measured["peak_memory_gb"] < 30


@pytest.mark.slow
def test_benchmark_measures_several_tasks_one_after_another(run) -> None:
    tasks = ["Isaac-Factory-GearMesh-v0", "Isaac-Factory-PegInsert-v0"]
    result = run("benchmark.py", "--task", *tasks, "--num_envs", "2", "--turns", "1", "--steps", "1")
    assert result.returncode == 0, result.stderr
    header, _, *rows = result.stdout.splitlines()
    assert "bare engine, env steps/s" in header
    assert [row.split(" | ")[0] for row in rows] == [f"| {task}" for task in tasks]
    assert len({row.count("|") for row in (header, *rows)}) == 1


@pytest.mark.slow
def test_soak_of_random_actions_is_sound(run) -> None:
    result = run("soak.py", "--num_envs", "4", "--steps", "155", "--json")
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert (report["steps"], report["episodes"]) == (155, 4)
    assert report["not_finite"] == report["out_of_world"] == report["went_wrong"] == {}
    depths = report["penetration"]["percentiles_um"]
    assert 0 < depths["50"] <= depths["99"] <= depths["99.9"] <= depths["100"] < 1000


@pytest.mark.slow
def test_soak_of_a_training_is_sound_and_tells_of_memory_and_pace(run, tmp_path: Path) -> None:
    result = run("soak.py", "--num_envs", "4", "--steps", "40", "--train", "skrl", "--json")
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["trained_with"] == "skrl"
    assert report["steps"] >= 40
    assert report["not_finite"] == report["out_of_world"] == report["went_wrong"] == {}
    assert len(report["steadiness"]["memory_mb"]) == len(report["steadiness"]["steps_per_second"]) == 10
    assert "iteration" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_soak_that_is_not_sound_says_why_and_ends_with_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    from isaaclab_factory.learning.measuring import each_task
    from isaaclab_factory.learning.measuring.soak import SoakReport

    script = load_script("soak.py")
    numbers = {"num_envs": 2, "steps": 10, "env_steps_per_second": 5.0, "episodes": 0, "dropped": 0}
    nothing = {"not_finite": {}, "examples": [], "penetration": None, "went_wrong": None}
    sound = SoakReport(task="sound", out_of_world={}, **numbers, **nothing)
    unsound = SoakReport(task="unsound", out_of_world={"held_asset": 7}, **numbers, **nothing)

    def soaked(*reports: SoakReport) -> None:
        monkeypatch.setattr(each_task, "measure_tasks", lambda *_: iter(reports))
        monkeypatch.setattr("sys.argv", ["soak.py"])
        script.main()

    soaked(sound)
    assert "not reported" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        soaked(unsound, sound)
    assert ended.value.code == script.EXIT_UNSOUND
    out, err = capsys.readouterr()
    assert [row.split(" | ")[0] for row in out.splitlines()[2:]] == ["| unsound", "| sound"]
    assert err == "unsound: environment steps with a part out of the world: 7 (held_asset)\n"
