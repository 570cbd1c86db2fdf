import numpy as np
import pytest
import torch

from nbkit.schedules import learning_rates

STEPS = 120
CASES = {
    "step": ({"step_size": 25, "gamma": 0.3}, torch.optim.lr_scheduler.StepLR),
    "exponential": ({"gamma": 0.97}, torch.optim.lr_scheduler.ExponentialLR),
    "cosine": ({"T_max": 50, "eta_min": 0.01}, torch.optim.lr_scheduler.CosineAnnealingLR),
}


@pytest.mark.parametrize("schedule", CASES)
def test_rates_are_torchs(schedule):
    hyper, scheduler = CASES[schedule]
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.4)
    torchs, each = [], scheduler(optimizer, **hyper)
    for _ in range(STEPS):
        torchs.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        each.step()
    np.testing.assert_allclose(learning_rates(schedule, 0.4, STEPS, **hyper), torchs, rtol=1e-11)


def test_constant_stays_and_cosine_reaches_the_end_in_the_steps_of_the_run():
    np.testing.assert_array_equal(learning_rates("constant", 0.4, 5), np.full(5, 0.4))
    rates = learning_rates("cosine", 0.4, 100)
    assert rates[0] == 0.4 and rates[50] == pytest.approx(0.2) and 0 < rates[-1] < 1e-3


def test_one_rate_a_run():
    rates = learning_rates("exponential", [0.1, 0.2], 3, gamma=0.5)
    np.testing.assert_allclose(rates, [[0.1, 0.05, 0.025], [0.2, 0.1, 0.05]])


@pytest.mark.parametrize(
    "schedule, hyper, words",
    [
        ("linear", {}, "choose one of constant, step, exponential, cosine"),
        ("constant", {"gamma": 0.9}, "allowed are none"),
        ("exponential", {"gamma": 1.5}, "at most 1"),
        ("exponential", {"gamma": True}, "must be a number"),
        ("exponential", {"gamma": float("nan")}, "above 0"),
        ("step", {"step_size": 2.5}, "whole number"),
        ("cosine", {"T_max": 0}, "at least 1"),
        ("cosine", {"eta_min": -1.0}, "at least 0"),
    ],
)
def test_errors_say_what_is_allowed(schedule, hyper, words):
    with pytest.raises(ValueError, match=words):
        learning_rates(schedule, 0.1, 10, **hyper)
