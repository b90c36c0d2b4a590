"""Texture synthesis and style transfer: one job in, events out."""
