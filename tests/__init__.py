"""Tests: of the maths here, of figures, explorers and the browser in folders of their own."""
