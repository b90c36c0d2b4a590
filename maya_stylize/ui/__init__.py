"""The panel: plain Qt widgets over a scene and a worker."""
