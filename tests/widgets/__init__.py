"""Tests of the explorers, moved as their users move them."""
