"""A function that was written for one number is told so, by whatever explorer it is handed to."""

import math

import numpy as np
import pytest

from nbkit.activations import custom
from nbkit.capacity import values_of
from nbkit.elementwise import answers
from nbkit.objectives import FunctionObjective
from nbkit.targets import target_from

SCALAR = [lambda x: x if x > 0 else 0.0, lambda x: math.sin(x)]
ASKED = [
    lambda function: answers(function, np.linspace(-1, 1, 5)),
    lambda function: values_of(function, np.linspace(-1, 1, 5)),
    lambda function: target_from(function, -1, 1),
    lambda function: FunctionObjective(function),
    lambda function: custom("mine", function).value(np.linspace(-1, 1, 5)),
]


@pytest.mark.parametrize("function", SCALAR)
@pytest.mark.parametrize("ask", ASKED)
def test_a_function_of_one_number_is_told_what_to_write(ask, function):
    with pytest.raises(ValueError, match=r"asked about many numbers at once: write np\.where") as caught:
        ask(function)
    assert "\n" not in str(caught.value)


def raising(x):
    raise ValueError("mine")


def test_any_other_failure_is_the_functions_own():
    with pytest.raises(KeyError, match="gone"):
        answers(lambda x: {}["gone"], np.zeros(2))
    with pytest.raises(ValueError, match=r"^mine$"):
        answers(raising, np.zeros(2))


def test_answers_come_without_a_warning():
    assert np.isinf(answers(np.exp, np.array([1e4]))).all()
