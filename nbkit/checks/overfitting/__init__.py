"""Checks of exercise 6: a training that keeps both curves, an overfit on purpose, three cures, and what is left for the test sample."""
