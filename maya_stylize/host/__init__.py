"""The program that the panel lives in: Maya, or none."""
