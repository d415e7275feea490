# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What is refused, and how."""

import importlib

import pytest

from isaaclab_factory.kitless.unsupported import NotSupportedWithoutIsaacSim, unsupported


def test_placeholder_can_be_subclassed_and_annotated_but_not_used():
    placeholder = unsupported("flying", "Wings")

    class Bird(placeholder):
        pass

    def flap(wings: placeholder | None = None) -> None: ...

    flap()
    with pytest.raises(NotSupportedWithoutIsaacSim, match="flying: not supported without Isaac Sim"):
        Bird()
    with pytest.raises(NotSupportedWithoutIsaacSim, match=r"flying \(Wings.span\)"):
        placeholder.span  # noqa: B018


@pytest.mark.parametrize(
    "module, feature",
    [
        ("omni.ui", "graphical user interface"),
        ("isaacsim.asset.importer.urdf", "URDF, MJCF"),
        ("omni.kit.xr.core", "XR devices"),
        ("isaacsim.robot_motion.motion_generation", "RMPflow"),
    ],
)
def test_module_of_isaac_sim_is_refused_by_the_name_of_its_feature(module, feature):
    with pytest.raises(ImportError, match=feature) as caught:
        importlib.import_module(module)
    assert isinstance(caught.value, NotSupportedWithoutIsaacSim)


def test_unknown_names_fail_loudly():
    import carb
    import omni

    for module, name in ((omni, "fantasy"), (carb, "fantasy"), (carb.settings.get_settings(), "subscribe")):
        with pytest.raises(AttributeError, match=name):
            getattr(module, name)
    with pytest.raises(ModuleNotFoundError, match=r"omni\.fantasy"):
        importlib.import_module("omni.fantasy")


def test_rendering_is_refused_when_it_is_used():
    import omni.replicator.core as rep

    rep.set_global_seed(1)
    with pytest.raises(NotSupportedWithoutIsaacSim, match=r"rendering.*create"):
        rep.create  # noqa: B018


def test_unknown_kit_command_is_named():
    import omni.kit.commands

    with pytest.raises(NotSupportedWithoutIsaacSim, match="the Kit command 'URDFImportRobot'"):
        omni.kit.commands.execute("URDFImportRobot")
