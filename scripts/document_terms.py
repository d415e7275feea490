# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Writes the reference page of the MDP terms, docs/terms.md, from their docstrings and signatures."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType

import docstring_parser

from isaaclab_factory import mdp
from isaaclab_factory.learning.arguments import OneLineParser
from isaaclab_factory.learning.errors import UserError, run_script

PAGE = Path(__file__).parents[1] / "docs" / "terms.md"

KINDS = {
    "Observations": ("observations", "touch"),
    "Observation modifiers": ("modifiers",),
    "Rewards": ("rewards", "search"),
    "Terminations": ("terminations",),
    "Events": ("events",),
    "Commands": ("commands", "thread_goal"),
    "Actions": ("actions", "search_motion"),
    "Curriculums": ("curriculums",),
}
"""The modules of the terms of each kind."""

HEAD = """# MDP terms

<!-- Written by scripts/document_terms.py from the docstrings: change those, then run it again. -->

What `isaaclab_factory.mdp` adds to Isaac Lab's own terms, which are in the same namespace (`mdp.time_out`,
`mdp.joint_pos`, ...). Terminations need nothing more. Positions are in m, angles in rad, quaternions are (w, x, y, z).
"Environment frame" means that the origin of each environment is taken off, "world frame" that it is not.

Parameters of functions go into the `params` of the term's configuration; `env`, and `env_ids` of events and
curriculums, are passed by Isaac Lab:

```python
from isaaclab.managers import RewardTermCfg

from isaaclab_factory import mdp

fine = RewardTermCfg(func=mdp.keypoint_squash, weight=15.0, params={"a": 100.0, "b": 0.0})
```

`isaaclab_factory.testing` calls single terms without a simulator.
"""

PASSED_BY_ISAAC_LAB = ("self", "env", "env_ids")


def main() -> None:
    """Writes the page, or checks the one that is there."""
    parser = OneLineParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if the page is not up to date")
    parser.add_argument("--output", type=Path, default=PAGE, help="the page (default: docs/terms.md)")
    args = parser.parse_args()
    text = page()
    if not args.check:
        args.output.write_text(text, encoding="utf-8")
    elif not args.output.exists() or args.output.read_text(encoding="utf-8") != text:
        raise UserError(f"{args.output} is not up to date: run scripts/document_terms.py")


def page() -> str:
    """The whole page.

    Raises:
        UserError: If a term belongs to no kind, or its docstring leaves something out.
    """
    sections = {kind: [getattr(mdp, module) for module in modules] for kind, modules in KINDS.items()}
    known = {term for modules in sections.values() for module in modules for term in terms_of(module)}
    if stray := set(own_terms()) - known:
        raise UserError(f"no kind of terms in KINDS has the modules of {', '.join(t.__name__ for t in stray)}")
    contents = [
        f"- [{kind}](#{anchor(kind)}): "
        + ", ".join(f"[`{term.__name__}`](#{anchor(term.__name__)})" for module in modules for term in terms_of(module))
        for kind, modules in sections.items()
    ]
    blocks = [HEAD.strip(), "\n".join(contents)]
    for kind, modules in sections.items():
        blocks += [f"## {kind}", *filter(None, map(introduction, modules))]
        blocks += [block for module in modules for term in terms_of(module) for block in entry(term)]
    return "\n\n".join(blocks) + "\n"


def own_terms() -> list[Callable]:
    """The terms in ``mdp`` that are not Isaac Lab's, without configurations."""
    own = [value for value in vars(mdp).values() if getattr(value, "__module__", "").startswith(f"{mdp.__name__}.")]
    return [term for term in own if not term.__name__.endswith("Cfg")]


def terms_of(module: ModuleType) -> list[Callable]:
    """The terms of a module, in the order of its source."""
    terms = [term for term in own_terms() if term.__module__ == module.__name__]
    return sorted(terms, key=lambda term: inspect.getsourcelines(term)[1])


def introduction(module: ModuleType) -> str:
    """The module's docstring without the first words, which name the kind."""
    text = re.split(r"[.:]", inspect.getdoc(module), maxsplit=1)[1].strip()
    return plain(text[:1].upper() + text[1:])


def entry(term: Callable) -> list[str]:
    """The blocks of a term: what it is, its parameters, what it returns or holds."""
    doc = docstring_parser.parse_from_object(term)
    blocks = [f"### {term.__name__}", plain(doc.description).strip()]
    cfg = getattr(mdp, f"{term.__name__}Cfg", None)
    if cfg is None:
        return blocks + parameters(term)
    blocks += [f"What it has besides a `{term.__mro__[1].__name__}`:", table("attribute", attributes(term))]
    return blocks + configuration(cfg)


def parameters(term: Callable) -> list[str]:
    """The blocks of a function's parameters and result. Of a class it is the function that is called."""
    function = term.__call__ if inspect.isclass(term) else term
    doc = docstring_parser.parse(inspect.getdoc(function))
    signature = inspect.signature(function)
    texts = {param.arg_name: param.description for param in doc.params}
    texts = {name: text for name, text in texts.items() if name not in PASSED_BY_ISAAC_LAB}
    defaults = {name: p.default for name, p in signature.parameters.items() if name not in PASSED_BY_ISAAC_LAB}
    if difference := texts.keys() ^ defaults.keys():
        raise UserError(f"{term.__name__}: docstring and parameters differ in {', '.join(sorted(difference))}")
    blocks = [table("parameter | default", [(name, code(defaults[name]), texts[name]) for name in defaults])]
    if signature.return_annotation != "None":
        returns = doc.returns.description if doc.returns else ""
        if "Tensor" in signature.return_annotation and "Shape is" not in returns:
            raise UserError(f"{term.__name__}: the docstring does not tell the shape of what it returns")
        blocks.append(f"**Returns** {plain(returns)}")
    return blocks


def attributes(term: type) -> list[tuple[str, str]]:
    """Documented attributes and properties of a class, in the order of its source."""
    described = [(p.arg_name, p.description) for p in docstring_parser.parse_from_object(term).params]
    properties = [(n, inspect.getdoc(v)) for n, v in vars(term).items() if isinstance(v, property) and v.__doc__]
    return described + properties


def configuration(cfg: type) -> list[str]:
    """The blocks of a configuration class: its own fields."""
    doc, base = docstring_parser.parse_from_object(cfg), cfg.__mro__[1]
    described = {param.arg_name for param in doc.params}
    if silent := inspect.get_annotations(cfg).keys() - inspect.get_annotations(base).keys() - described:
        raise UserError(f"{cfg.__name__}: no docstring of {', '.join(sorted(silent))}")
    rows = [(p.arg_name, "required" if p.default == "MISSING" else f"`{p.default}`", p.description) for p in doc.params]
    text = f"{plain(doc.description).strip()} Its fields besides those of `{base.__name__}`:"
    return [f"#### {cfg.__name__}", text, table("field | default", rows)]


def table(head: str, rows: Iterable[tuple[str, ...]]) -> str:
    """A table; the first column is code, the last one text."""
    head = f"| {head} | meaning |"
    lines = [f"| {' | '.join((f'`{name}`', *middle, cell(text)))} |" for name, *middle, text in rows]
    return "\n".join([head, re.sub(r"[^|]+", " --- ", head), *lines])


def cell(text: str) -> str:
    """Text in one line of a table."""
    return " ".join(plain(text).split()).replace("|", "\\|")


def code(default: object) -> str:
    """The default of a parameter."""
    return "required" if default is inspect.Parameter.empty else f"`{default!r}`"


def plain(text: str) -> str:
    """Markdown of a docstring: its roles and literals as code."""
    return re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"`\1`", text).replace("``", "`")


def anchor(heading: str) -> str:
    """GitHub's anchor of a heading."""
    return heading.lower().replace(" ", "-")


if __name__ == "__main__":
    sys.exit(run_script(main))
