"""Checks of exercise 1: relu, a sum of them, a target met by hand and by least squares, and how the error falls with the neurons."""
