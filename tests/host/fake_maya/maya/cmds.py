"""Maya's commands, as far as the stand-in has them; none before mayapy has started Maya."""

import os

if not os.environ.get("FAKE_MAYAPY"):
    from scene_commands import *  # noqa: F403
    from session_commands import *  # noqa: F403
    from window_commands import *  # noqa: F403
