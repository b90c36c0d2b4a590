"""Many scenes, one after the other: their textures found, made anew, relinked, saved."""
