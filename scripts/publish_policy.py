# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Makes a policy that is shipped with the package, of a checkpoint in its run folder and an evaluation of it.

The folder in isaaclab_factory/pretrained/ is named after the task that was measured. What ran must have been a commit
as it is, so that the policy can be made again.
"""

import sys
from pathlib import Path

from isaaclab_factory.learning import arguments, session
from isaaclab_factory.learning.errors import run_script
from isaaclab_factory.learning.shipping.publishing import publish


def main() -> None:
    """Makes the folder and prints where it is."""
    parser = arguments.OneLineParser(description=__doc__)
    parser.add_argument("--checkpoint", required=True, type=Path, help="checkpoint file in a run folder")
    parser.add_argument(
        "--evaluation", required=True, type=Path, metavar="JSON", help="what evaluate.py --json wrote about it"
    )
    parser.add_argument("--also", nargs="+", default=[], metavar="TASK", help="further tasks that the policy is for")
    parser.add_argument("--replace", action="store_true", help="replace the task's policy that is shipped so far")
    args = parser.parse_args()
    for task in args.also:
        arguments.check_task(task)
    folder = publish(args.checkpoint, args.evaluation, args.also, args.replace)
    print(f"Published in {session.display_path(folder)}")


if __name__ == "__main__":
    sys.exit(run_script(main))
