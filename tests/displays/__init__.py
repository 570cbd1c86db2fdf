"""Tests of the figures, by the numbers in their artists."""
