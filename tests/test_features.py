"""Features of two inputs, against numpy written out."""

import numpy as np
import pytest

from nbkit.features import FEATURES, featured


def test_each_feature_is_what_its_name_says():
    x = np.random.default_rng(0).normal(size=(50, 2))
    names = {"x1": x[:, 0], "x2": x[:, 1], "sin": np.sin}
    for column, text in zip(featured(x, list(FEATURES)).T, FEATURES, strict=True):
        assert (column == eval(text, {}, names)).all()


@pytest.mark.parametrize("names", [[], ["x3"]])
def test_others_are_refused(names):
    with pytest.raises(ValueError, match="features must be some of x1, x2"):
        featured(np.zeros((3, 2)), names)
