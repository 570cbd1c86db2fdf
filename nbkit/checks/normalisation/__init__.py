"""Checks of exercise 7: scales, what BatchNorm remembers, and how fast a network learns from normalised inputs."""
