# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The page of the GPU check, from its report."""

from collections.abc import Iterator
from typing import Any

from isaaclab_factory.learning.diagnostics.checklist import PASSED

LOSSES = ("nefc", "njmax_nnz", "broadphase", "narrowphase", "ccd")
"""Overflows of MuJoCo Warp that lose constraints or contacts."""


def page(report: dict[str, Any]) -> str:
    """Returns the page in Markdown.

    Args:
        report: ``gpu``, ``machine``, ``versions``, ``git`` and ``checks``.
    """
    made = {row["name"]: row["figures"] for row in report["checks"] if row["figures"]}
    return "\n".join(
        [
            "# GPU check",
            "",
            *_about(report),
            *_speeds([figures for name, figures in made.items() if name.startswith("speed ")]),
            *_distances([figures for name, figures in made.items() if name.startswith("distance ")]),
            *_tests(made.get("tests")),
            *_training(made.get("training PegInsert")),
            *_checks(report["checks"]),
        ]
    )


def _about(report: dict[str, Any]) -> Iterator[str]:
    gpu, git = report["gpu"], report["git"]
    card = "No NVIDIA GPU was found."
    if gpu:
        card = f"{gpu['name']}, {gpu['memory_gb']} GB, compute capability {gpu['compute_capability']}"
        card += f", driver {gpu['driver']}, PyTorch for CUDA {gpu['cuda_of_torch']}."
    yield card
    yield f"{report['machine']['cpu_cores']} CPU cores, {report['machine']['system']}."
    yield ", ".join(f"{name} {version}" for name, version in report["versions"].items()) + "."
    if git:
        changes = f", with changes in {', '.join(git['changed'])}" if git["changed"] else ""
        yield f"Commit {git['commit'][:12]}{changes}."
    yield ""


def _table(header: list[str], rows: list[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{' --- |' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _section(title: str, *words: str) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    for text in words:
        yield text
        yield ""


def _speeds(measured: list[dict[str, Any]]) -> Iterator[str]:
    if not measured:
        return
    yield from _section(
        "Speed",
        "Environment steps per second of all environments together, with random actions. Overflows are environments"
        " that lost constraints or contacts because a buffer was full. Contacts and constraints are the most of one"
        " environment after a step.",
    )
    header = ["task", "environments", "env steps/s", "GPU memory", "CPU memory", "first step after"]
    header += ["overflows", "NaN", "contacts", "constraints"]
    yield from _table(header, [_speed(one) for one in measured])


def _speed(one: dict[str, Any]) -> list[str]:
    full = {name: number for name, number in (one["overflows"] or {}).items() if number and name in LOSSES}
    return [
        one["task"],
        f"{one['num_envs']:,}",
        f"{one['whole_stack']:,.0f}",
        f"{one['gpu_memory_gb']:.1f} GB",
        f"{one['peak_memory_gb']:.1f} GB",
        f"{one['first_step_s']:.0f} s",
        ", ".join(f"{name} {number}" for name, number in full.items()) or "none",
        f"{one['not_finite']}",
        f"{one['most_contacts']}",
        f"{one['most_constraints']}",
    ]


def _distances(measured: list[dict[str, Any]]) -> Iterator[str]:
    if not measured:
        return
    yield from _section(
        "Distance from the CPU engine",
        f"From the same states and with the same actions, over {measured[0]['steps']} environment steps of"
        f" {measured[0]['num_envs']} environments: the median over the environments, and the maximum.",
    )
    columns = {"hand": "hand_um", "held part": "part_um"}
    header = ["task", *(f"{name} {when}, µm" for when in ("after a step", "at most") for name in columns)]
    rows = [
        [one["task"], *(_pair(one[key], when) for when in ("_first", "") for key in columns.values())]
        for one in measured
    ]
    yield from _table(header, rows)


def _pair(values: dict[str, float], when: str) -> str:
    return f"{values['median' + when]:.3g} ({values['max' + when]:.3g})"


def _tests(outcomes: dict[str, list[str]] | None) -> Iterator[str]:
    if not outcomes:
        return
    numbers = ", ".join(f"{len(names)} {outcome}" for outcome, names in outcomes.items())
    yield from _section("Tests", f"Tests marked `gpu`: {numbers}.")
    for name in outcomes["failed"]:
        yield f"- failed: `{name}`"
    yield ""


def _training(figures: dict[str, Any] | None) -> Iterator[str]:
    if not figures:
        return
    curve = figures["curve"]
    yield from _section("Training", f"{figures['iterations']} iterations of PegInsert without start noise, rsl_rl.")
    rows = [
        [f"{seconds:.0f} s", f"{steps:,.0f}", f"{rate:,.0f}", _percent(success)]
        for seconds, steps, rate, success in zip(
            curve["seconds"], curve["env_steps"], curve["env_steps_per_second"], curve["success"], strict=True
        )
    ]
    yield from _table(["time", "env steps", "env steps/s", "success"], rows)


def _percent(share: float | None) -> str:
    return "no episode ended" if share is None else f"{100 * share:.1f} %"


def _checks(rows: list[dict[str, Any]]) -> Iterator[str]:
    yield from _section("Checks")
    table = [[row["name"], row["status"], f"{row['seconds']:.0f} s", row["reason"].replace("|", "/")] for row in rows]
    yield from _table(["check", "status", "time", "reason"], table)
    others = sorted({row["made_by"] for row in rows if row["status"] == PASSED})
    if len(others) > 1:
        yield f"The results were made by: {'; '.join(others)}."
