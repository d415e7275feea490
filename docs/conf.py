# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Configuration of the documentation site, which ``make docs`` builds. It needs no network, GPU or simulator."""

import os
import sys
from pathlib import Path

from isaaclab_factory import __version__

# Isaac Lab imports MoviePy; where pygame is installed it opens a window and a sound device, and reports their lack
os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "isaaclab_factory"
author = "The isaaclab_factory developers"
copyright = f"2026, {author}"
version = release = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_argparse_cli",
    "sphinx_copybutton",
    "reference",
]
exclude_patterns = ["_ext", "results"]

html_theme = "furo"
html_title = f"isaaclab_factory {version}"
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {"navigation_with_keys": True}

# the anchors of headings that links on a code host have
myst_heading_anchors = 4
myst_enable_extensions = ["attrs_block", "attrs_inline"]

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
add_module_names = False
toc_object_entries_show_parents = "hide"
python_use_unqualified_type_names = True

copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
