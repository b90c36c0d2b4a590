"""Maya's second Python interface."""
