"""Checks of exercise 4, assignment 1: a region of the plane, samples of it, two networks as large as each other, and their training."""
