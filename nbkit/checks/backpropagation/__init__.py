"""Checks of exercise 3: derivatives back along a tape, a hidden layer and its loss, differences, gradients, and a step."""
