"""The installer's one error."""


class SetupError(Exception):
    """Something cannot be installed; the message says what, why and what to do."""
