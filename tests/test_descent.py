import warnings
from dataclasses import dataclass

import numpy as np
import pytest
import torch

from nbkit.descent import gradient_descent, success_rate
from nbkit.objectives import OBJECTIVES, FunctionObjective, Parabola, Valley, named_objective
from nbkit.optimizers import OPTIMIZERS, step
from nbkit.schedules import SCHEDULES

STEPS = 1000
SCHEDULE_HYPER = {
    "constant": {},
    "step": {"step_size": 150, "gamma": 0.5},
    "exponential": {"gamma": 0.998},
    "cosine": {"T_max": STEPS, "eta_min": 1e-4},
}
# Two groups with their own rates: those that are compared over the whole way, and those that only step by step.
WHOLE = {"parabola": [1.5], "narrow valley": [1.5, 1.0], "line fit": [3.0, 1.5], "two minima": [1.2]}
BY_STEP = {"Rosenbrock": [-1.2, 1.0], "saddle": [1.5, 0.01], "plateau": [4.0], "sine fit": [4.0, 0.0]}
RATES = {"adadelta": (1.0, 1.0), "adam": (0.02, 0.02), "adagrad": (0.3, 0.3), "rmsprop": (0.002, 0.002)}
CIRCLING = (
    "adadelta",
    "constant",
)  # on the line fit it circles the minimum, and a rounding of the data's sum grows by 1e13
PAIRS = [(optimizer, schedule) for optimizer in OPTIMIZERS for schedule in SCHEDULES]


def torch_losses(whole, by_step):
    """The losses written once more for autograd; (pairs, numbers) -> the sum over all."""
    a, w1, w2, slope, offset, w = whole.unbind(1)
    r1, r2, s1, s2, p, sine_w, sine_p = by_step.unbind(1)
    line, sine = named_objective("line fit"), named_objective("sine fit")
    data = [torch.from_numpy(array) for array in (line.x, line.y, sine.x, sine.y)]
    return (
        a**2 / 2
        + (w1**2 + 20 * w2**2) / 2
        + ((slope[:, None] * data[0] + offset[:, None] - data[1]) ** 2).mean(1)
        + (w**4 / 4 - w**2 / 2 + 0.1 * w)
        + (1 - r1) ** 2
        + 100 * (r2 - r1**2) ** 2
        + (s1**2 - s2**2) / 2
        + s2**4 / 4
        + p**2 / (1 + p**2)
        + ((torch.sin(sine_w[:, None] * data[2] + sine_p[:, None]) - data[3]) ** 2).mean(1)
    ).sum()


def torch_optimizer(name, parameters):
    whole, by_step = RATES.get(name, (0.05, 0.001))
    groups = [{"params": [parameters[0]], "lr": whole}, {"params": [parameters[1]], "lr": by_step}]
    return {
        "gd": lambda: torch.optim.SGD(groups),
        "momentum": lambda: torch.optim.SGD(groups, momentum=0.9),
        "nesterov": lambda: torch.optim.SGD(groups, momentum=0.9, nesterov=True),
        "adagrad": lambda: torch.optim.Adagrad(groups),
        "adadelta": lambda: torch.optim.Adadelta(groups),
        "rmsprop": lambda: torch.optim.RMSprop(groups),
        "adam": lambda: torch.optim.Adam(groups),
    }[name]()


def torch_scheduler(name, optimizer):
    scheduler = {
        "constant": lambda **hyper: torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0),
        "step": lambda **hyper: torch.optim.lr_scheduler.StepLR(optimizer, **hyper),
        "exponential": lambda **hyper: torch.optim.lr_scheduler.ExponentialLR(optimizer, **hyper),
        "cosine": lambda **hyper: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, **hyper),
    }
    return scheduler[name](**SCHEDULE_HYPER[name])


@dataclass
class TorchRuns:
    points: list  # of the two groups: (STEPS + 1, pairs, numbers)
    rates: np.ndarray  # (STEPS, pairs, 2)
    states: list  # of the two groups: a list of STEPS lists of dicts, one a pair, as they were before the step; of the
    # first group those of CIRCLING alone


@pytest.fixture(scope="module")
def torch_runs():
    """Every optimiser with every schedule on every objective, 1000 steps, in one loop with one backward pass a step."""
    starts = [np.concatenate(list(group.values())) for group in (WHOLE, BY_STEP)]
    leaves = [[torch.tensor(start, requires_grad=True) for start in starts] for _ in PAIRS]
    optimizers = [torch_optimizer(name, pair) for (name, _), pair in zip(PAIRS, leaves, strict=True)]
    schedulers = [torch_scheduler(name, each) for (_, name), each in zip(PAIRS, optimizers, strict=True)]
    points, rates, states = ([], []), [], ([], [])
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # 2800 sines are just enough to wake the others for longer than the work takes

    def note():
        for group in (0, 1):
            points[group].append(np.stack([pair[group].detach().numpy() for pair in leaves]))

    for _ in range(STEPS):
        note()
        rates.append([[group["lr"] for group in optimizer.param_groups] for optimizer in optimizers])
        circling = PAIRS.index(CIRCLING)
        states[0].append([copied(optimizers[circling].state[leaves[circling][0]])])
        states[1].append([copied(optimizer.state[pair[1]]) for optimizer, pair in zip(optimizers, leaves, strict=True)])
        for optimizer in optimizers:
            optimizer.zero_grad()
        torch_losses(*(torch.stack([pair[group] for pair in leaves]) for group in (0, 1))).backward()
        for optimizer, scheduler in zip(optimizers, schedulers, strict=True):
            optimizer.step()
            scheduler.step()
    note()
    torch.set_num_threads(threads)
    return TorchRuns([np.array(group) for group in points], np.array(rates), states)


def copied(state):
    return {name: value.double().numpy().copy() for name, value in state.items() if value is not None}


def places(group):
    first = 0
    for name, start in group.items():
        yield name, slice(first, first + len(start))
        first += len(start)


@pytest.mark.parametrize("optimizer, schedule", PAIRS)
def test_trajectory_is_torchs_for_a_thousand_steps(torch_runs, optimizer, schedule):
    pair = PAIRS.index((optimizer, schedule))
    for name, place in places(WHOLE):
        if (name, optimizer, schedule) == ("line fit", *CIRCLING):
            continue
        run = gradient_descent(
            named_objective(name),
            WHOLE[name],
            learning_rate=RATES.get(optimizer, (0.05, 0.001))[0],
            steps=STEPS,
            optimizer=optimizer,
            schedule=schedule,
            **SCHEDULE_HYPER[schedule],
        )
        np.testing.assert_allclose(run.points, torch_runs.points[0][:, pair, place], rtol=0, atol=1e-10)
        np.testing.assert_allclose(run.learning_rates, torch_runs.rates[:, pair, 0], rtol=1e-10, atol=1e-15)
        assert np.ptp(run.points) > 0.1  # it did move


def test_each_circling_step_on_the_line_fit_is_torchs(torch_runs):
    place = dict(places(WHOLE))["line fit"]
    points = torch_runs.points[0][:, PAIRS.index(CIRCLING), place]
    gradient = named_objective("line fit").gradient(points[:-1])
    noted = [states[0] for states in torch_runs.states[0][1:]]
    state = {name: np.stack([each[name][..., place] for each in noted]) for name in ("square_avg", "acc_delta")}
    update = step(CIRCLING[0], state, gradient[1:], torch_runs.rates[1:, PAIRS.index(CIRCLING), :1]).update
    np.testing.assert_allclose(points[1:-1] + update, points[2:], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("optimizer, schedule", PAIRS)
def test_each_step_from_torchs_own_state_is_torchs(torch_runs, optimizer, schedule):
    pair = PAIRS.index((optimizer, schedule))
    before, after = torch_runs.points[1][:-1, pair], torch_runs.points[1][1:, pair]
    gradient = np.concatenate(
        [named_objective(name).gradient(before[:, place]) for name, place in places(BY_STEP)], axis=1
    )
    noted = [states[pair] for states in torch_runs.states[1]]
    state = {name: np.stack([np.broadcast_to(each[name], 7) for each in noted[1:]]) for name in noted[1]}
    rates = torch_runs.rates[:, pair, 1:]

    first = step(optimizer, {}, gradient[0], rates[0]).update
    rest = step(optimizer, state, gradient[1:], rates[1:]).update

    np.testing.assert_allclose(before + np.vstack([first, rest]), after, rtol=1e-12, atol=1e-14)
    assert np.abs(after[-1] - before[0]).max() > 0.1


def test_parts_of_an_update_add_up_and_carry_the_momentum():
    run = gradient_descent(Valley(), [1.5, 1.0], learning_rate=0.01, steps=30, optimizer="momentum", momentum=0.8)
    np.testing.assert_allclose(run.carried[0], 0)
    np.testing.assert_allclose(run.carried[1:], 0.8 * run.updates[:-1], rtol=1e-9)
    np.testing.assert_allclose(run.updates - run.carried, -0.01 * run.gradients[:-1], rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("optimizer", ["nesterov", "adam"])
def test_the_rest_of_an_update_is_linear_in_the_last_gradient(optimizer):
    state, rest = {}, []
    for gradient in ([2.0], [-1.0]):
        change = step(optimizer, state, np.array(gradient), 0.1)
        state, rest = change.state, change.update - change.carried
    factor = (
        1 + 0.9 if optimizer == "nesterov" else 0.1 / (1 - 0.9**2) / np.sqrt(0.001 * (0.999 * 4 + 1) / (1 - 0.999**2))
    )
    assert rest == pytest.approx(0.1 * factor)


@pytest.mark.parametrize("rate, share", [(0.2, 0.0115), (1.8, 0.0115), (2.02, 1.49)])
@pytest.mark.parametrize("curvature", [1.0, 40.0])
def test_parabola_after_twenty_steps(rate, share, curvature):
    run = gradient_descent(Parabola(curvature), [1.0], learning_rate=rate / curvature, steps=20)
    assert abs(run.points[-1, 0]) == pytest.approx(share, rel=5e-3)


def test_flat_axis_of_a_valley_of_condition_1000():
    run = gradient_descent(Valley(1000), [1.0, 1.0], learning_rate=0.99 * 2 / 1000, steps=2000)
    assert run.points[-1, 0] == pytest.approx(0.019, abs=5e-4)
    assert abs(run.points[-1, 1]) < 1e-9


# Three standard deviations of a share of 100 seeds about the share that was measured elsewhere.
@pytest.mark.parametrize("size, share", [(1, 0.97), (4, 0.03), (None, 0.0)])
def test_noise_leaves_the_shallow_minimum(size, share):
    rate = success_rate(named_objective("two minima"), [1.2], learning_rate=0.2, steps=2000, batch_sizes=[size])
    assert rate[0, 0] == pytest.approx(share, abs=3 * np.sqrt(share * (1 - share) / 100))


def test_noise_finds_the_good_fit_and_throws_out_of_it():
    sine = named_objective("sine fit")
    there = success_rate(sine, [4.0, 0.0], learning_rate=0.1, steps=2000, batch_sizes=[1, 4, 16, None])
    for share, expected in zip(there[:, 0], [0.77, 0.32, 0.0, 0.0], strict=True):
        assert share == pytest.approx(expected, abs=3 * np.sqrt(expected * (1 - expected) / 100))
    back = success_rate(sine, [3.2, -1.0], learning_rate=0.1, steps=2000, batch_sizes=[1, 4, None], momenta=[0.0])
    assert back[2, 0] == 1
    assert ((back[:2, 0] > 0.65 - 0.14) & (back[:2, 0] < 0.82 + 0.12)).all()
    assert success_rate(sine, [4.0, 0.0], learning_rate=0.1, steps=2000, batch_sizes=[None], momenta=[0.9]) == 0


def test_success_rate_counts_the_runs_of_gradient_descent():
    two = named_objective("two minima")
    settings = {"learning_rate": 0.2, "steps": 150}
    shares = success_rate(two, [1.2], batch_sizes=[1, 3], momenta=[0.0, 0.5], seeds=20, seed=7, **settings)
    for row, size in enumerate([1, 3]):
        for column, momentum in enumerate([0.0, 0.5]):
            runs = gradient_descent(
                two, np.full((20, 1), 1.2), optimizer="momentum", momentum=momentum, batch_size=size, seed=7, **settings
            )
            assert shares[row, column] == (runs.points[:, -1, 0] < 0.1).mean()
    assert 0 < shares[0, 0] < 1


def test_a_run_is_the_same_alone_among_others_and_cut_short():
    sine = named_objective("sine fit")
    settings = {"learning_rate": 0.05, "batch_size": 16}
    many = gradient_descent(sine, np.tile([4.0, 0.0], (5, 1)), steps=150, seed=3, **settings)
    alone = gradient_descent(sine, [4.0, 0.0], steps=60, seed=5, **settings)
    np.testing.assert_array_equal(many.points[2, :61], alone.points)
    np.testing.assert_array_equal(many.gradients[2, :61], alone.gradients)
    by_list = gradient_descent(sine, np.tile([4.0, 0.0], (2, 1)), steps=60, seed=[9, 5], **settings)
    np.testing.assert_array_equal(by_list.points[1], alone.points)
    assert not np.array_equal(by_list.points[0], by_list.points[1])


def test_an_epoch_takes_every_sample_once():
    two = named_objective("two minima")
    run = gradient_descent(two, [1.2], learning_rate=1e-9, steps=14, batch_size=16, seed=1)
    noise = run.gradients[:14, 0] - two.gradient(run.points[:14])[:, 0]
    sizes = np.array([16, 16, 16, 16, 16, 16, 4] * 2)
    assert abs((noise * sizes)[:7].sum()) < 1e-12 and abs((noise * sizes)[7:].sum()) < 1e-12
    assert np.abs(noise).min() > 1e-6 and not np.allclose(noise[:7], noise[7:])


def test_global_random_state_is_neither_read_nor_set():
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    gradient_descent(named_objective("two minima"), [1.2], learning_rate=0.2, steps=10, batch_size=1)
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


def test_rates_and_hyperparameters_one_a_run():
    start = np.tile([1.5, 1.0], (3, 1))
    rates, momenta = [0.01, 0.02, 0.03], [0.0, 0.5, 0.9]
    runs = gradient_descent(
        Valley(), start, learning_rate=rates, steps=40, optimizer="nesterov", momentum=momenta, schedule="cosine"
    )
    assert runs.learning_rates.shape == (3, 40) and runs.losses.shape == (3, 41)
    for number, (rate, momentum) in enumerate(zip(rates, momenta, strict=True)):
        alone = gradient_descent(
            Valley(), start[0], learning_rate=rate, steps=40, optimizer="nesterov", momentum=momentum, schedule="cosine"
        )
        np.testing.assert_array_equal(runs.points[number], alone.points)
        assert runs.state[number] == alone.state


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("name", OBJECTIVES)
def test_no_warning_and_all_finite_at_any_rate(name, optimizer):
    objective = named_objective(name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        runs = gradient_descent(
            objective,
            np.tile(objective.start, (3, 1)),
            learning_rate=[1e-3, 3.0, 1e150],
            steps=60,
            optimizer=optimizer,
            batch_size=7 if objective.samples else None,
        )
    for array in (runs.points, runs.losses, runs.gradients, runs.updates, runs.carried):
        assert np.isfinite(array).all()


@pytest.mark.parametrize(
    "settings, words",
    [
        ({"optimizer": "sgd"}, "choose one of gd, momentum"),
        ({"schedule": "linear"}, "choose one of constant, step"),
        ({"beta1": 0.9}, "gd has no hyper-parameter 'beta1'"),
        ({"optimizer": "adam", "gamma": 0.9}, "allowed are beta1, beta2, eps"),
        ({"optimizer": "momentum", "momentum": 1.0}, "below 1"),
        ({"optimizer": "adam", "eps": 0.0}, "above 0"),
        ({"optimizer": "momentum", "momentum": [0.1, 0.2]}, "one for each of 1 runs"),
        ({"schedule": "step", "step_size": 0}, "at least 1"),
        ({"learning_rate": 0.0}, "above 0"),
        ({"learning_rate": float("nan")}, "above 0"),
        ({"steps": 0}, "at least 1"),
        ({"steps": True}, "at least 1"),
        ({"batch_size": 4}, "no samples"),
        ({"start": [1.0, 2.0]}, r"shape \(1,\)"),
        ({"start": [np.inf]}, "finite"),
        ({"start": [1e200]}, "must be finite at the start"),
        ({"seed": -1}, "at least 0"),
        ({"seed": [1, 2]}, "one for each of 1 runs"),
    ],
)
def test_errors_say_what_is_allowed(settings, words):
    given = {"objective": Parabola(), "start": [1.0], "learning_rate": 0.1, "steps": 5, **settings}
    with pytest.raises(ValueError, match=words):
        gradient_descent(given.pop("objective"), given.pop("start"), **given)


def test_success_rate_needs_a_minimum():
    falling = FunctionObjective(lambda w: -w)
    with pytest.raises(ValueError, match="no known minimum"):
        success_rate(falling, [0.0], learning_rate=0.1, steps=5, batch_sizes=[None])
