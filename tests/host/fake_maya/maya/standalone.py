"""Maya in mayapy; the stand-in is one that has been started."""


def initialize(name: str = "python") -> None:
    raise RuntimeError("Maya has been started already.")
