# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Keeps what a training came to in docs/results/, and makes the table of all of them in docs/training.md.

What ran must have been a commit as it is, so that it can be repeated. Without a checkpoint only the table is made.
"""

import sys
from pathlib import Path

from isaaclab_factory.learning import arguments, session
from isaaclab_factory.learning.errors import UserError, run_script
from isaaclab_factory.learning.shipping.results import add_result, read_results, replace_table, results_table

DOCS = Path(__file__).parents[1] / "docs"


def main() -> None:
    """Keeps the result of a command line and makes the table."""
    parser = arguments.OneLineParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, help="checkpoint file in a run folder")
    parser.add_argument("--evaluation", type=Path, metavar="JSON", help="what evaluate.py --json wrote about it")
    args = parser.parse_args()
    if (args.checkpoint is None) != (args.evaluation is None):
        raise UserError("--checkpoint and --evaluation go together")
    if args.checkpoint:
        print(f"Kept in {session.display_path(add_result(DOCS / 'results', args.checkpoint, args.evaluation))}")
    replace_table(DOCS / "training.md", results_table(read_results(DOCS / "results")))


if __name__ == "__main__":
    sys.exit(run_script(main))
