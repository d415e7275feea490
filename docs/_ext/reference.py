# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Directives that generate the reference: the MDP terms of a kind, the public names of a package, the tasks.

All of them hand over to autodoc or to the parser of the page; they only say what there is.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from task_tables import all_tasks

from isaaclab_factory import mdp

CONFIGCLASS_METHODS = {"to_dict", "from_dict", "replace", "copy", "validate", "class_type"}
"""What Isaac Lab adds to every configuration, and the field that a term fills in itself."""


class MdpTerms(SphinxDirective):
    """The terms that modules of ``isaaclab_factory.mdp`` define, after the docstring of the first module.

    Its arguments are names of modules. It stands in a block of reStructuredText, as autodoc does.
    """

    required_arguments = 1
    optional_arguments = 9

    def run(self) -> list[nodes.Node]:
        lines = [f".. automodule:: {mdp.__name__}.{self.arguments[0]}", ""]
        for name in self.arguments:
            for term in terms_of(name):
                lines += [*autodoc_term(term), ""]
        return _parse(self, lines)


def own_terms() -> list[Callable]:
    """Returns the terms and configurations in ``mdp`` that are not Isaac Lab's."""
    own = [getattr(mdp, name) for name in mdp.__all__]
    return [term for term in own if term.__module__.startswith(f"{mdp.__name__}.")]


def terms_of(module: str) -> list[Callable]:
    """Returns the terms and configurations of a module of ``mdp``, in the order of its source."""
    own = (term for term in own_terms() if term.__module__ == f"{mdp.__name__}.{module}")
    return sorted(own, key=lambda term: inspect.getsourcelines(term)[1])


def autodoc_term(term: Callable) -> list[str]:
    """Returns the lines that make autodoc describe a term: a function, or a class with its call or its attributes."""
    name = f"{mdp.__name__}.{term.__name__}"
    if not inspect.isclass(term):
        return [f".. autofunction:: {name}"]
    head = [f".. autoclass:: {name}", "   :show-inheritance:"]
    if "__call__" in vars(term):
        return [*head, "   :special-members: __call__"]
    methods = {key for key, value in vars(term).items() if inspect.isroutine(value)}
    return [*head, *_members(term, leave_out=methods)]


def _members(described: type, leave_out: set[str] = frozenset()) -> list[str]:
    """Returns the options for the members that a class itself has: Isaac Lab copies inherited fields into it."""
    body = ast.parse(textwrap.dedent(inspect.getsource(described))).body[0].body
    written = {statement.target.id for statement in body if isinstance(statement, ast.AnnAssign)}
    copied = {name for base in described.__mro__[1:] for name in inspect.get_annotations(base)} - written
    return ["   :members:", f"   :exclude-members: {', '.join(sorted(copied | leave_out | CONFIGCLASS_METHODS))}"]


class PublicNames(SphinxDirective):
    """Everything in the ``__all__`` of a package, after its docstring: classes and functions, then constants."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        package = importlib.import_module(self.arguments[0])
        return _parse(self, [f".. automodule:: {package.__name__}", "", *_autodoc_names(package)])


def _autodoc_names(package: ModuleType) -> Iterator[str]:
    values = {name: getattr(package, name) for name in package.__all__}
    objects = {name for name, value in values.items() if inspect.isclass(value) or inspect.isroutine(value)}
    for name in sorted(objects, key=str.lower):
        if inspect.isclass(values[name]):
            bases = [] if values[name].__base__ is object else ["   :show-inheritance:"]
            members = [*bases, *_members(values[name])]
            yield from (f".. autoclass:: {package.__name__}.{name}", *members, "")
        else:
            yield from (f".. autofunction:: {package.__name__}.{name}", "")
    for name in sorted(values.keys() - objects):
        yield from (f".. autodata:: {_defined_in(package, name)}.{name}", "   :no-value:", "")


def _defined_in(package: ModuleType, constant: str) -> str:
    """Returns the module whose source has the docstring of a constant, which may be imported into the package."""
    modules = [value for value in vars(package).values() if inspect.ismodule(value)]
    for module in [package, *modules]:
        if f"\n{constant} = " in inspect.getsource(module) or f"\n{constant}: " in inspect.getsource(module):
            return module.__name__
    raise ValueError(f"{package.__name__}.{constant}: no module of the package defines it")


class Tasks(SphinxDirective):
    """The registered tasks: presets, engines, hyperparameters and terms."""

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(all_tasks()), allow_section_headings=True)


def _parse(directive: SphinxDirective, lines: list[str]) -> list[nodes.Node]:
    container = nodes.Element()
    directive.state.nested_parse(StringList(lines, source=directive.env.docname), 0, container)
    return container.children


def keep_first_sentence(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Keeps Napoleon from taking what stands before a colon in an attribute's docstring for its type."""
    if what in ("attribute", "property", "data"):
        lines.insert(0, "")


def setup(app: Sphinx) -> dict[str, Any]:
    """Registers the directives."""
    app.connect("autodoc-process-docstring", keep_first_sentence, priority=400)  # Napoleon's is 500
    app.add_directive("mdp-terms", MdpTerms)
    app.add_directive("public-names", PublicNames)
    app.add_directive("tasks", Tasks)
    return {"parallel_read_safe": True}
