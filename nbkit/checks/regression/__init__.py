"""Checks of exercise 5, assignment 2: an invented function of five inputs, samples of it, a network for it, and its residuals."""
