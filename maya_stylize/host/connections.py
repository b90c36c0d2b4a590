"""Connections between nodes as pairs of plugs."""

from __future__ import annotations

from maya import cmds


def inputs(node: str) -> list[tuple[str, str]]:
    """Return (source, the node's own plug) of every connection into a node."""
    return [(other, own) for own, other in _pairs(node, into=True)]


def outputs(node: str) -> list[tuple[str, str]]:
    """Return (the node's own plug, destination) of every connection that makes a picture.

    Maya's own bookkeeping hangs on a node's message: lists of all textures, sets, editors. It
    stays where it is, but for what tells the viewport which texture to show.
    """
    return [
        (own, other)
        for own, other in _pairs(node, into=False)
        if attribute(own) != "message" or cmds.nodeType(node_of(other)) == "materialInfo"
    ]


def connect(source: str, destination: str) -> None:
    """Connect two plugs, in the stead of what was connected to the destination."""
    if not cmds.isConnected(source, destination):
        cmds.connectAttr(source, destination, force=True)


def node_of(plug: str) -> str:
    """Return the plug's node."""
    return plug.partition(".")[0]


def attribute(plug: str) -> str:
    """Return the plug's attribute."""
    return plug.partition(".")[2]


def _pairs(node: str, into: bool) -> list[tuple[str, str]]:
    flat = cmds.listConnections(
        node, source=into, destination=not into, plugs=True, connections=True
    )
    flat = flat or []
    return list(zip(flat[::2], flat[1::2], strict=True))
