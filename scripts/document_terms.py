# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Prints the reference page of the MDP terms, docs/terms.md, from their docstrings and signatures.

python scripts/document_terms.py > docs/terms.md
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterable
from itertools import pairwise

from isaaclab_factory import mdp

KINDS = {
    "Observations": ("observations",),
    "Observation modifiers": ("modifiers",),
    "Rewards": ("rewards",),
    "Terminations": ("terminations",),
    "Events": ("events",),
    "Commands": ("commands", "commands_thread"),
    "Actions": ("actions", "search_motion"),
    "Curriculums": ("curriculums",),
    "Recorders": ("recorders", "recorders_cfg"),
    "Saved states": ("state",),
}
"""The modules of each kind of term. The docstring of the first one introduces the kind."""

HEAD = """# MDP terms

<!-- Printed by scripts/document_terms.py from the docstrings. Change those, then run it again. -->

The terms that `isaaclab_factory.mdp` adds to Isaac Lab's own. Isaac Lab's are in the same namespace: `mdp.time_out`,
`mdp.joint_pos` and so on. Positions are in m, angles in rad, quaternions are (x, y, z, w). Suffixes name the frame:
`_w` for the world, `_b` for the body. "Environment frame" means relative to the origin of the environment.
"The reference" is Isaac Lab's `FactoryEnv` in `isaaclab_tasks/contrib/factory`.

The parameters in the tables go into the `params` of a term's configuration. Isaac Lab passes `env`, `env_ids` to events
and curriculums, and the observed values to modifiers:

```python
from isaaclab.managers import RewardTermCfg

from isaaclab_factory import mdp

fine = RewardTermCfg(func=mdp.keypoint_reward, weight=15.0, params={"sharpness": 100.0, "offset": 0.0})
```

[tutorial.md](tutorial.md) shows how to write and test terms of your own."""

PASSED_BY_ISAAC_LAB = ("self", "env", "env_ids", "data")
"""Parameters of terms that are not in a configuration."""


def page() -> str:
    """The whole page.

    Raises:
        ValueError: If a term belongs to no kind, or its docstring leaves something out.
    """
    kinds = {kind: [term for module in modules for term in terms_of(module)] for kind, modules in KINDS.items()}
    if stray := set(own_terms()) - {term for terms in kinds.values() for term in terms}:
        raise ValueError(f"KINDS does not have the modules of {', '.join(sorted(t.__name__ for t in stray))}")
    blocks = [HEAD, "\n".join(f"- [{kind}](#{anchor(kind)})" for kind in kinds)]
    for kind, terms in kinds.items():
        overview = [(f"[`{term.__name__}`](#{anchor(term.__name__)})", first_sentence(term)) for term in terms]
        blocks += [f"## {kind}", introduction(KINDS[kind][0]), table(("term", "what it is"), overview)]
        blocks += [block for term in terms for block in entry(term)]
    return "\n\n".join(filter(None, blocks))


def own_terms() -> list[Callable]:
    """The terms in ``mdp`` that are not Isaac Lab's. The configuration of a term belongs to it."""
    own = [getattr(mdp, name) for name in mdp.__all__]
    own = [value for value in own if value.__module__.startswith(f"{mdp.__name__}.")]
    names = {value.__name__ for value in own}
    return [value for value in own if value.__name__.removesuffix("Cfg") not in names - {value.__name__}]


def terms_of(module: str) -> list[Callable]:
    """The terms of a module of ``mdp``, in the order of its source."""
    terms = [term for term in own_terms() if term.__module__ == f"{mdp.__name__}.{module}"]
    return sorted(terms, key=lambda term: inspect.getsourcelines(term)[1])


def introduction(module: str) -> str:
    """A module's docstring without its first sentence, which only names the kind."""
    doc = inspect.getdoc(getattr(mdp, module))
    text = re.split(r"[.:]\s+", doc, maxsplit=1)[1:]
    return plain(text[0][:1].upper() + text[0][1:]) if text else ""


def entry(term: Callable) -> list[str]:
    """What a term is, its parameters or attributes, what it returns, and its configuration."""
    blocks = [f"### {term.__name__}", plain(sections(term)[""])]
    if inspect.isclass(term) and "__call__" not in vars(term):
        if documented := attributes(term):
            rows = [(f"`{name}`", text) for name, (_, text) in documented.items()]
            blocks += [f"In addition to the attributes of `{base_of(term)}`:", table(("attribute", "meaning"), rows)]
        return blocks + configuration(getattr(mdp, f"{term.__name__}Cfg", None))
    return blocks + parameters(term)


def parameters(term: Callable) -> list[str]:
    """Parameters and result of a function, or of the call of a class.

    Raises:
        ValueError: If the docstring does not name the parameters there are, or not the shape of a returned tensor.
    """
    function = term.__call__ if inspect.isclass(term) else term
    doc, signature = sections(function), inspect.signature(function)
    passed = () if term in (mdp.get_state, mdp.reset_to) else PASSED_BY_ISAAC_LAB  # these two the user calls
    texts = {name: text for name, text in items(doc.get("Args", "")).items() if name not in passed}
    defaults = {name: p.default for name, p in signature.parameters.items() if name not in passed}
    if difference := texts.keys() ^ defaults.keys():
        raise ValueError(f"{term.__name__}: docstring and parameters differ in {', '.join(sorted(difference))}")
    returns = " ".join(doc.get("Returns", "").split())
    if str(signature.return_annotation).rpartition(".")[2] == "Tensor" and "Shape is" not in returns:
        raise ValueError(f"{term.__name__}: the docstring does not give the shape of the returned tensor")
    required = inspect.Parameter.empty
    rows = [(f"`{n}`", "required" if d is required else f"`{d!r}`", texts[n]) for n, d in defaults.items()]
    return [table(("parameter", "default", "meaning"), rows), f"**Returns** {plain(returns)}" if returns else ""]


def configuration(cfg: type | None) -> list[str]:
    """The fields of a configuration class that its base class does not have.

    Raises:
        ValueError: If a field has no docstring.
    """
    if cfg is None:
        return []
    described, base = attributes(cfg), cfg.__mro__[1]
    own = inspect.get_annotations(cfg).keys() - inspect.get_annotations(base).keys()
    if silent := own - described.keys():
        raise ValueError(f"{cfg.__name__}: no docstring of {', '.join(sorted(silent))}")
    heading = f"Configuration: `{cfg.__name__}`"
    if not described:
        return [f"{heading}, without fields of its own."]
    rows = [
        (f"`{name}`", "required" if default == "MISSING" else f"`{default}`", text)
        for name, (default, text) in described.items()
    ]
    return [f"{heading}, in addition to the fields of `{base.__name__}`:", table(("field", "default", "meaning"), rows)]


def attributes(kind: type) -> dict[str, tuple[str | None, str]]:
    """Default values, as written, and docstrings of the attributes and properties that a class itself defines."""
    source = textwrap.dedent(inspect.getsource(kind))
    found: dict[str, tuple[str | None, str]] = {}
    for statement, following in pairwise([*ast.parse(source).body[0].body, ast.Pass()]):
        if isinstance(statement, ast.AnnAssign) and is_docstring(following):
            default = statement.value and ast.get_source_segment(source, statement.value)
            found[statement.target.id] = default, inspect.cleandoc(following.value.value)
        elif isinstance(statement, ast.FunctionDef) and isinstance(vars(kind).get(statement.name), property):
            found[statement.name] = None, inspect.cleandoc(ast.get_docstring(statement))
    return found


def is_docstring(statement: ast.stmt) -> bool:
    """Whether a statement is nothing but a text."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def base_of(term: type) -> str:
    """Name of the class that a term derives from."""
    return term.__mro__[1].__name__


def sections(described: object) -> dict[str, str]:
    """The sections of a Google-style docstring by their titles. The text before the first has the title ""."""
    parts = re.split(r"^(Args|Returns|Raises):\n", inspect.getdoc(described), flags=re.MULTILINE)
    bodies = {title: textwrap.dedent(body) for title, body in zip(parts[1::2], parts[2::2], strict=True)}
    return {"": parts[0].strip()} | bodies


def items(section: str) -> dict[str, str]:
    """The entries ``name: text`` of a section; the further lines of a text are indented."""
    found = re.finditer(r"^(\w+): (.*(?:\n[ ]+.*)*)", section, flags=re.MULTILINE)
    return {match[1]: match[2] for match in found}


def first_sentence(term: Callable) -> str:
    """The first sentence of a docstring."""
    return re.split(r"(?<=\.)\s", sections(term)[""], maxsplit=1)[0]


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table, empty without rows."""
    lines = [" | ".join(" ".join(plain(cell).split()).replace("|", "\\|") for cell in row) for row in rows]
    if not lines:
        return ""
    return "\n".join(f"| {line} |" for line in (" | ".join(head), " | ".join("---" for _ in head), *lines))


def plain(text: str) -> str:
    """Markdown of a docstring: its roles and literals as code."""
    return re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"`\1`", text).replace("``", "`")


def anchor(heading: str) -> str:
    """GitHub's anchor of a heading."""
    return heading.lower().replace(" ", "-")


if __name__ == "__main__":
    print(page())
