# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Keyboards and gamepads: they belong to a window, and there is none."""

from isaaclab_factory.kitless.unsupported import unsupported

acquire_input_interface = unsupported("keyboards and gamepads", "acquire_input_interface")
GamepadEvent = unsupported("gamepads", "GamepadEvent")
GamepadInput = unsupported("gamepads", "GamepadInput")
KeyboardEvent = unsupported("keyboards", "KeyboardEvent")
KeyboardEventType = unsupported("keyboards", "KeyboardEventType")
KeyboardInput = unsupported("keyboards", "KeyboardInput")
