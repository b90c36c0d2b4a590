"""The engine in a process of its own, and the words between it and Maya."""
