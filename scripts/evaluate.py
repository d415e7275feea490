# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Measures a checkpoint: deterministic actions, whole episodes, every environment counted the same number of times."""

import io
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

from isaaclab_factory.learning import arguments, session
from isaaclab_factory.learning.configs import load_configs
from isaaclab_factory.learning.errors import run_script
from isaaclab_factory.learning.runs import find_checkpoint, validate_checkpoint


def main() -> None:
    """Measures and prints the success rate."""
    parser = arguments.OneLineParser(description=__doc__)
    arguments.add_library_argument(parser)
    arguments.add_environment_arguments(parser)
    arguments.add_agent_arguments(parser)
    arguments.add_checkpoint_argument(parser, "measure", required=True)
    parser.add_argument("--rounds", type=arguments.positive_int, default=1, help="episodes of every environment")
    args, overrides = arguments.split_overrides(parser, sys.argv[1:])
    session.find_task(args)
    agent_key = arguments.check_agent(args.task, args.lib, args.agent)
    checkpoint = find_checkpoint(args.checkpoint, args.lib)
    session.start_app(args)
    validate_checkpoint(checkpoint, args.lib)
    env_cfg, agent_cfg = load_configs(args.task, agent_key, overrides)

    from isaaclab_factory.learning.episodes import EpisodeRecorder
    from isaaclab_factory.learning.evaluation import evaluate
    from isaaclab_factory.learning.libraries import trainer_class
    from isaaclab_factory.learning.training import build_trainer

    trainer_type = trainer_class(args.lib)
    trainer_type.configure(agent_cfg, args.device, args.seed, None)
    trainer_type.check(agent_cfg)
    session.configure_environment(env_cfg, args, trainer_type.seed(agent_cfg))
    print(f"Measuring {session.display_path(checkpoint)} …", flush=True)
    # The libraries make their folders whatever they are asked to do.
    with tempfile.TemporaryDirectory() as folder:
        with redirect_stdout(io.StringIO()):
            env = session.make_environment(args.task, env_cfg)
            recorder = EpisodeRecorder(env, spread=False)
            trainer = build_trainer(trainer_type, recorder, agent_cfg, Path(folder) / "run", args.device, checkpoint)
        with session.warnings_shown():
            result = evaluate(env, trainer.policy())
            for _ in range(args.rounds - 1):
                result += evaluate(env, trainer.policy())
    print(f"{args.task}: {result}")
    env.close()


if __name__ == "__main__":
    sys.exit(run_script(main))
