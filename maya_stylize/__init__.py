"""Texture synthesis and style transfer for the textures of a Maya scene."""

__version__ = "0.1.0"
