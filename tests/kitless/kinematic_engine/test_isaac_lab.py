# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Isaac Lab's scene and assets on the kinematic engine."""

from __future__ import annotations

import pytest
import torch

from isaaclab_factory import kitless
from isaaclab_factory.app import launch

launch(headless=True)

import isaaclab.sim as sim_utils  # noqa: E402
import omni.usd  # noqa: E402
from isaaclab.assets import RigidObjectCfg  # noqa: E402
from isaaclab.scene import InteractiveScene, InteractiveSceneCfg  # noqa: E402
from isaaclab.utils import configclass  # noqa: E402


@configclass
class BoxSceneCfg(InteractiveSceneCfg):
    """A box in every environment."""

    box = RigidObjectCfg(
        prim_path="{ENV_REGEX_NS}/Box",
        spawn=sim_utils.CuboidCfg(
            size=(0.1, 0.1, 0.1),
            rigid_props=sim_utils.RigidBodyPropertiesCfg(),
            collision_props=sim_utils.CollisionPropertiesCfg(),
        ),
        init_state=RigidObjectCfg.InitialStateCfg(pos=(0.0, 0.0, 0.5)),
    )


@pytest.fixture
def kinematic():
    """Simulate with the kinematic engine."""
    before = kitless.engine_name()
    kitless.set_engine("kinematic")
    yield
    kitless.set_engine(before)


@pytest.mark.usefixtures("kinematic")
def test_rigid_objects_move_with_the_velocity_that_they_are_given():
    omni.usd.get_context().new_stage()
    simulation = sim_utils.SimulationContext(sim_utils.SimulationCfg(device="cpu", dt=0.01))
    scene = InteractiveScene(BoxSceneCfg(num_envs=3, env_spacing=2.0))
    simulation.reset()
    box = scene["box"]
    velocity = torch.tensor([[1.0, 0.0, 0.0, 0.0, 0.0, 0.5]]).repeat(3, 1)
    box.write_root_velocity_to_sim(velocity)

    for _ in range(20):
        simulation.step(render=False)
        scene.update(0.01)

    start = scene.env_origins + torch.tensor([0.0, 0.0, 0.5])
    torch.testing.assert_close(box.data.root_pos_w, start + torch.tensor([0.2, 0.0, 0.0]))
    torch.testing.assert_close(box.data.root_vel_w, velocity)
    simulation.clear_all_callbacks()
    simulation.clear_instance()
