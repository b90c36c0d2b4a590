"""A stand-in for Maya: as much of it as the host asks for, and nothing that Maya lacks."""
