"""The fixtures of the farm's tests."""

from farm_fixtures import again, documented, farm

__all__ = ["again", "documented", "farm"]
