# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Math on batches of tensors."""

from isaacsim.core.utils.torch.maths import *
from isaacsim.core.utils.torch.rotations import *
from isaacsim.core.utils.torch.transformations import *
