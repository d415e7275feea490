# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Contacts in Newton's buffer: whose they are, where they are, what they carry."""

import newton
import numpy as np
import pytest

from tests.newton_mujoco.models import Simulation, add_box, at, finalize


def resting(num_worlds: int = 3, capacity: int = 200, **options) -> tuple[Simulation, newton.Contacts]:
    """Returns boxes of 1, 2 and 3 kg that rest on the floor, one a world, and the buffer of their contacts."""
    model = finalize(lambda b: add_box(b, at(z=0.05), mass=1.0), num_worlds, ground=True)
    for name in ("body_mass", "body_inertia"):
        values = getattr(model, name).numpy()
        values *= np.arange(1, num_worlds + 1, dtype=np.float32).reshape(-1, *[1] * (values.ndim - 1))
    simulation = Simulation(model, **options)
    simulation.step(480)
    contacts = newton.Contacts(capacity, 0, device="cpu", requested_attributes={"force"})
    simulation.solver.update_contacts(contacts, simulation.state)
    return simulation, contacts


@pytest.mark.parametrize("cone", ["elliptic", "pyramidal"])
def test_contact_forces_carry_each_worlds_box(cone: str) -> None:
    simulation, contacts = resting(cone=cone)
    count = int(contacts.rigid_contact_count.numpy()[0])
    assert count == 12
    shapes = np.stack((contacts.rigid_contact_shape0.numpy(), contacts.rigid_contact_shape1.numpy()))[:, :count]
    forces = contacts.force.numpy()[:count]
    ground = simulation.model.shape_count - 1
    for world in range(3):
        on_box = np.where(shapes[0] == world, 1.0, np.where(shapes[1] == world, -1.0, 0.0))
        assert (shapes[:, on_box != 0] == ground).sum() == 4
        force = (on_box[:, None] * forces[:, :3]).sum(axis=0)
        np.testing.assert_allclose(force, [0.0, 0.0, 9.81 * (world + 1)], atol=0.02)


def test_contact_points_are_on_both_surfaces_in_the_bodies_frames() -> None:
    simulation, contacts = resting()
    ground = simulation.model.shape_count - 1
    points = np.stack((contacts.rigid_contact_point0.numpy(), contacts.rigid_contact_point1.numpy()))[:, :12]
    shapes = np.stack((contacts.rigid_contact_shape0.numpy(), contacts.rigid_contact_shape1.numpy()))[:, :12]
    on_box = points[shapes != ground]
    np.testing.assert_allclose(np.abs(on_box), 0.05, atol=5e-4)
    np.testing.assert_allclose(on_box[:, 2], -0.05, atol=1e-5)
    np.testing.assert_allclose(points[shapes == ground][:, 2], 0.0, atol=1e-6)
    normals = contacts.rigid_contact_normal.numpy()[:12]
    np.testing.assert_allclose(np.abs(normals), np.tile([0.0, 0.0, 1.0], (12, 1)), atol=1e-6)


def test_nothing_is_reported_in_the_air() -> None:
    simulation, contacts = resting()
    simulation.rows("joint_q")[:, 2] = 1.0
    simulation.step()
    simulation.solver.update_contacts(contacts)
    assert contacts.rigid_contact_count.numpy()[0] == 0


def test_contacts_that_find_no_room_are_told_with_their_environments(caplog: pytest.LogCaptureFixture) -> None:
    simulation, contacts = resting(capacity=6)
    assert contacts.rigid_contact_count.numpy()[0] == 6
    assert simulation.solver.events.counts[:, -1].tolist() == [0, 2, 4]
    assert [record.getMessage() for record in caplog.records if "miss contacts" in record.getMessage()] == [
        "MuJoCo, 2 environments: 1, 2: contact sensors miss contacts, raise the solver cfg's nconmax (4 so far)."
    ]


def test_contacts_can_be_switched_off() -> None:
    simulation, contacts = resting(disable_contacts=True)
    assert contacts.rigid_contact_count.numpy()[0] == 0
    assert (simulation.rows("body_q")[:, 0, 2] < -1.0).all()


def test_who_reads_contacts_late_gets_those_of_the_present_state_and_then_of_every_step() -> None:
    early, expected = resting()
    late = Simulation(early.model)
    late.step(480)
    late.step(1)  # nobody read the contacts of the first step, so those of this one were not kept
    contacts = newton.Contacts(200, 0, device="cpu", requested_attributes={"force"})
    for change in (lambda: None, late.step):
        change()
        late.solver.update_contacts(contacts)
        assert contacts.rigid_contact_count.numpy()[0] == 12
        for name in ("rigid_contact_shape0", "rigid_contact_shape1"):
            np.testing.assert_array_equal(getattr(contacts, name).numpy()[:12], getattr(expected, name).numpy()[:12])
        np.testing.assert_allclose(contacts.force.numpy()[:12], expected.force.numpy()[:12], atol=1e-2)
