"""Checks of exercise 2: the update rule, momentum, the mean over samples, and the critical learning rate."""
