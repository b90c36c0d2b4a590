"""Maya's commands, as far as the stand-in has them."""

from scene_commands import *  # noqa: F403
from session_commands import *  # noqa: F403
from window_commands import *  # noqa: F403
