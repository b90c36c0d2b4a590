"""What install.py is made of; the standard library only, for Python 3.10 to 3.13."""
