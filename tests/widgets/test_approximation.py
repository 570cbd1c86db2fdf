"""The ReLU sum's explorer, moved as its user moves it."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from nbkit.approximation import presets
from nbkit.widgets.approximation import ReLUSumExplorer
from nbkit.widgets.relu_editor import NeuronEditor

X = np.linspace(-2, 2, 2001)
SLIDE = [(-5, -7.7, -1), (-1.2, -1.3, -1), (1.2, 1, -1), (1.2, -0.2, 1), (2, -1.1, 1), (5, -5, 1)]


def target(x):
    return x**3 + x**2 - x - 1


@pytest.fixture
def explorer():
    made = ReLUSumExplorer()
    yield made
    made.close()


def neurons(explorer):
    return [
        (neuron["weight"], neuron["bias"], neuron["output_weight"])
        for neuron in explorer.parameters["neurons"]
        if neuron["on"]
    ]


def network(explorer):
    """The sum that is shown, computed by torch."""
    w, b, a = (torch.tensor(column, dtype=torch.float64) for column in zip(*neurons(explorer), strict=True))
    hidden = torch.relu(torch.tensor(X)[:, None] * w + b)
    return (hidden @ a + explorer.parameters["output_bias"]).numpy()


def drawn(line):
    return np.interp(X, *line.get_data())


def rms(difference):
    return np.sqrt(np.trapezoid(difference**2, X) / 4)


def editor(explorer):
    def inside(widget):
        yield widget
        for child in getattr(widget, "children", ()):
            yield from inside(child)

    return next(widget for widget in inside(explorer) if isinstance(widget, NeuronEditor))


def pixels(explorer):
    return explorer.canvas.compose().copy()


def kinks(explorer):
    return [-b / w for w, b, _ in neurons(explorer)]


# --- what is shown


def test_it_opens_on_the_slides_network(explorer):
    assert neurons(explorer) == SLIDE and explorer.parameters["output_bias"] == 0
    display = explorer.display_
    assert np.interp([-2, 0, 2], *display.total_.get_data()) == pytest.approx([-3.4, -1, 6.7])
    assert drawn(display.target_) == pytest.approx(target(X), abs=1e-3)
    assert display.text_.get_text().split("\n") == [
        "neuron 3: −1.00·relu(1.20x + 1.00), kink −0.833, slope change −1.20",
        "RMS error 0.410, largest 2.30",
    ]
    assert explorer.caption.startswith("6 neurons: RMS error 0.41, largest 2.3.")


def test_the_sum_is_torchs_and_so_is_each_neuron(explorer):
    explorer.set(output_bias=0.7, selected=4)
    display = explorer.display_
    assert drawn(display.total_) == pytest.approx(network(explorer), abs=1e-9)
    terms = [*display.terms_.get_segments(), display.one_.get_xydata()]
    together = sum(np.interp(X, *np.asarray(term).T) for term in terms) + 0.7
    assert together == pytest.approx(network(explorer), abs=1e-9)


def test_a_neuron_that_is_off_does_not_count(explorer):
    for k, expected in enumerate([0.53, 0.46, 1.49, 1.15, 1.31, 1.77]):
        explorer.reset()
        explorer.set(selected=k)
        editor(explorer).on.value = False
        assert rms(drawn(explorer.display_.total_) - target(X)) == pytest.approx(expected, abs=0.005)
        assert len(explorer.display_.off_.get_segments()) == 1
        assert "switched off" in explorer.display_.text_.get_text()


def test_the_curve_of_errors_is_for_even_kinks_and_the_marks_for_ones_own(explorer):
    display = explorer.display_
    assert [float(line.get_ydata()[0]) for line in display.hand_] == pytest.approx([0.40997, 2.3], abs=1e-4)
    shown = [line.get_ydata()[7] for line in display.curves_]  # of 16 neurons
    explorer.spread(16)
    assert [float(line.get_ydata()[0]) for line in display.hand_] == pytest.approx(shown, rel=1e-3)


# --- the editor


def test_sliders_show_and_edit_the_selected_neuron_and_hold_nothing(explorer):
    edit = editor(explorer)
    assert [slider.value for slider in edit.sliders.values()] == [1.2, 1, -1, 0] and edit.number.value == 3
    edit.sliders["weight"].value = 2.5
    edit.sliders["output_bias"].value = -0.5
    assert neurons(explorer)[2] == (2.5, 1, -1) and explorer.parameters["output_bias"] == -0.5
    assert drawn(explorer.display_.total_) == pytest.approx(network(explorer), abs=1e-9)
    edit.number.value = 6
    assert explorer.parameters["selected"] == 5
    assert [slider.value for slider in edit.sliders.values()] == [5, -5, 1, -0.5]
    explorer.set(neurons=[{"weight": 30, "bias": 1, "output_weight": 2}], selected=0)
    assert edit.sliders["weight"].max == 30 and edit.sliders["weight"].value == 30
    explorer.reset()
    assert (edit.sliders["weight"].max, edit.sliders["weight"].value) == (10, 1.2)


def test_the_pages_grid_does_not_move_a_fitted_number(explorer):
    explorer.fit_output_weights()
    before, edit = explorer.parameters, editor(explorer)
    exact = before["neurons"][2]["output_weight"]
    assert exact != round(exact, 2) and edit.readouts["output_weight"].value == f"{exact:.2f}".replace("-", "−")
    edit.sliders["output_weight"].value = round(exact / 0.05) * 0.05  # what the page answers
    edit.sliders["output_bias"].value = 0.0
    assert explorer.parameters == before
    edit.sliders["output_weight"].value = round(exact / 0.05) * 0.05 + 0.05  # what a key does
    assert neurons(explorer)[2][2] == pytest.approx(round(exact / 0.05) * 0.05 + 0.05)


def test_a_late_answer_of_the_page_does_not_undo_a_drag(explorer):
    on, bias = explorer.display_, editor(explorer).sliders["bias"]
    on.on_press(0.55, 0.0, "sum")
    for x in (0.4, 0.213, -0.1):
        on.on_drag(x, 0.0, "sum")
    before = neurons(explorer)[4]
    bias.value = -0.45  # what the page makes of −0.426
    assert neurons(explorer)[4] == before == (2, 0.2, 1)
    bias.value = 0.25
    bias.value = 0.2  # there and back by hand
    bias.value = -0.45
    assert neurons(explorer)[4] == (2, -0.45, 1)


def test_a_move_of_a_slider_draws_no_more_than_what_is_live(explorer):
    before = pixels(explorer)
    for name in ("weight", "bias", "output_weight", "output_bias"):
        editor(explorer).sliders[name].value += 0.15
        assert not explorer.figure.stale
    assert (pixels(explorer) != before).any()


# --- the mouse and the keys


@pytest.mark.parametrize("k", range(6))
def test_a_kink_is_dragged_and_keeps_its_slope_change(explorer, k):
    on, (w, b, a) = explorer.display_, SLIDE[k]
    on.on_press(-b / w, 0.05, "sum")
    assert (explorer.parameters["selected"], explorer.parameters["grabbed"]) == (k, "kink")
    on.on_drag(0.77, 3.0, "sum")
    assert kinks(explorer)[k] == pytest.approx(0.77) and neurons(explorer)[k][::2] == (w, a)
    assert explorer.display_.handle_.get_xdata().tolist() == pytest.approx([0.77])
    assert drawn(explorer.display_.total_) == pytest.approx(network(explorer), abs=1e-9)
    on.on_drag(9.0, 3.0, "sum")
    assert kinks(explorer)[k] == 2
    on.on_release(9.0, 3.0, "sum")
    on.on_drag(0, 0, "sum")
    assert explorer.parameters["grabbed"] == "" and kinks(explorer)[k] == 2


def test_a_click_on_a_line_selects_its_neuron(explorer):
    on = explorer.display_
    on.on_press(1.8, 1.2 * 1.8 - 0.2, "sum")
    assert (explorer.parameters["selected"], explorer.parameters["grabbed"]) == (3, "")
    on.on_press(0.0, 8.0, "sum"), on.on_press(10, 1e-2, "errors")
    assert explorer.parameters["selected"] == 3 and explorer.error == ""


def test_keys_do_what_the_mouse_does(explorer):
    key = explorer.display_.on_key
    key("5")
    assert explorer.parameters["selected"] == 4
    key("n"), key("n")
    assert explorer.parameters["selected"] == 0
    key("p")
    assert explorer.parameters["selected"] == 5
    key("left"), key("left")
    assert kinks(explorer)[5] == pytest.approx(0.96) and neurons(explorer)[5][0] == 5
    key("up")
    assert neurons(explorer)[5][2] == pytest.approx(1.05)
    key("o")
    assert not explorer.parameters["neurons"][5]["on"]
    key("a"), key("d"), key("x"), key("shift+up")
    assert len(explorer.parameters["neurons"]) == 6 and explorer.error == ""


# --- more, fewer, fitted


def test_best_output_weights(explorer):
    explorer.fit_output_weights()
    found = drawn(explorer.display_.total_) - target(X)
    assert (rms(found), np.abs(found).max()) == pytest.approx((0.235, 1.09), abs=0.005)
    assert kinks(explorer) == pytest.approx([-b / w for w, b, _ in SLIDE])
    assert [np.sign(a) for _, _, a in neurons(explorer)] == [np.sign(a) for _, _, a in SLIDE]


def test_those_that_are_off_are_not_fitted(explorer):
    explorer.set(neurons=[dict(neuron, on=k != 1) for k, neuron in enumerate(explorer.parameters["neurons"])])
    explorer.fit_output_weights()
    assert explorer.parameters["neurons"][1]["output_weight"] == -1
    assert drawn(explorer.display_.total_) == pytest.approx(network(explorer), abs=1e-6)


def test_neurons_are_added_in_the_widest_gap_and_removed(explorer):
    before = drawn(explorer.display_.total_)
    explorer.add()
    assert explorer.parameters["selected"] == 6
    assert kinks(explorer)[6] == pytest.approx((-1 / 1.2 + 0.2 / 1.2) / 2, abs=1e-3) and neurons(explorer)[6][2] == 0
    assert drawn(explorer.display_.total_) == pytest.approx(before)
    for _ in range(60):
        if len(explorer.parameters["neurons"]) < 50:
            explorer.add()
    with pytest.raises(ValueError, match="at most 50 neurons, got 51"):
        explorer.add()
    assert len(explorer.parameters["neurons"]) == 50 and "at most 50" in explorer.error
    for _ in range(51):
        explorer.remove()
    assert explorer.parameters["neurons"] == [] and explorer.error == ""
    assert "no neurons" in explorer.display_.text_.get_text()
    assert drawn(explorer.display_.total_) == pytest.approx(0)
    explorer.fit_output_weights(), explorer.train(), explorer.add()
    assert len(neurons(explorer)) == 1


def test_twice_as_many_even_kinks_make_a_quarter_of_the_error_on_a_parabola():
    explorer = ReLUSumExplorer("x**2", domain=[-1, 1])
    explorer.spread(4)
    largest = [explorer.display_.hand_[1].get_ydata()[0]]
    for _ in range(3):
        explorer.double()
        largest.append(explorer.display_.hand_[1].get_ydata()[0])
    assert kinks(explorer)[:2] == pytest.approx([-1, -1 + 2 / 32]) and len(neurons(explorer)) == 32
    assert np.polyfit(np.log([4, 8, 16, 32]), np.log(np.ravel(largest)), 1)[0] == pytest.approx(-2, abs=0.1)
    explorer.double(), explorer.double()
    assert len(neurons(explorer)) == 50
    explorer.close()


def test_a_preset_that_is_none_is_refused(explorer):
    with pytest.raises(ValueError, match="no preset 'sign': begin with one of slide, step, tent, sine, cubic"):
        explorer.begin("sign")


@pytest.mark.parametrize(("name", "largest"), [("slide", 2.3), ("step", 0.5), ("tent", 0), ("sine", 0.5), ("cubic", 9)])
def test_presets(explorer, name, largest):
    explorer.begin(name)
    preset = presets()[name]
    assert explorer.parameters["target"] == preset.target
    assert drawn(explorer.display_.total_) == pytest.approx(preset.network(X), abs=2e-3)
    assert explorer.display_.hand_[1].get_ydata()[0] <= largest + 2e-3
    assert ("largest 0.00" in explorer.display_.text_.get_text()) == (name == "tent")


# --- hand against machine


@pytest.mark.parametrize("optimizer", ["gd", "momentum", "adam"])
def test_the_machine_is_torch_from_ones_own_weights_and_both_curves_stay(explorer, optimizer):
    hand = drawn(explorer.display_.total_)
    explorer.set(optimizer=optimizer, learning_rate=0.01)
    explorer.train()
    explorer.set(steps=100)
    assert drawn(explorer.display_.total_) == pytest.approx(hand)
    w, b, a = (torch.tensor(column, dtype=torch.float64) for column in zip(*SLIDE, strict=True))
    c, x = torch.zeros(1, dtype=torch.float64), torch.linspace(-2, 2, 101, dtype=torch.float64)
    parameters = [value.requires_grad_() for value in (w, b, a, c)]
    make = {"adam": torch.optim.Adam, "gd": torch.optim.SGD, "momentum": torch.optim.SGD}[optimizer]
    steps = make(parameters, lr=0.01, **({"momentum": 0.9} if optimizer == "momentum" else {}))
    for _ in range(100):
        steps.zero_grad()
        (torch.relu(x[:, None] * w + b) @ a + c - target(x)).square().mean().backward()
        steps.step()
    with torch.no_grad():
        expected = (torch.relu(torch.tensor(X)[:, None] * w + b) @ a + c).numpy()
    assert drawn(explorer.display_.machine_) == pytest.approx(expected, abs=1e-6)
    assert f"trained, 100 steps: {rms(expected - target(X)):#.3g}" in explorer.display_.text_.get_text()


def test_the_trained_curve_stays_while_the_hand_moves_and_can_be_taken(explorer):
    explorer.train()
    trained = drawn(explorer.display_.machine_)
    editor(explorer).sliders["weight"].value = -3
    assert drawn(explorer.display_.machine_) == pytest.approx(trained)
    assert explorer.controls["steps"].layout.display != "none"
    explorer.take()
    assert drawn(explorer.display_.total_) == pytest.approx(trained, abs=1e-4)
    explorer.forget()
    assert len(explorer.display_.machine_.get_xdata()) == 0
    assert {"steps", "optimizer", "learning_rate"} <= explorer.idle(**explorer.parameters)
    assert explorer.controls["steps"].layout.display == "none"


def test_a_rate_that_is_too_large_is_named_and_draws_without_a_warning(explorer):
    explorer.set(learning_rate=1.0)
    explorer.train()
    assert "diverged at step" in explorer.display_.text_.get_text()
    pixels(explorer)
    explorer.set(steps=0)
    assert "0 steps" in explorer.display_.text_.get_text()
    assert drawn(explorer.display_.machine_) == pytest.approx(drawn(explorer.display_.total_))


# --- targets


def test_a_typed_target(explorer):
    explorer.controls["target"].value = "sin(pi*x)"
    assert drawn(explorer.display_.target_) == pytest.approx(np.sin(np.pi * X), abs=1e-3)
    assert explorer.display_.axes_["sum"].get_ylim()[0] == pytest.approx(-1.4)


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("x**3 + y", "the name 'y' is not known"),
        ("x^3", r"write x\*\*3"),
        ("__import__('os')", "function '__import__' is not known"),
        ("x.real", "a dot between names"),
        ("(" * 5000 + ")" * 5000, "at most 200 characters"),
        ("1/x", r"'1/x' must be finite and below a million on \[-2, 2\], it is not at x = 0"),
        ("log(x)", "must be finite"),
        ("9**9**9**9", "must be finite"),
    ],
)
def test_a_bad_formula_is_named_and_the_figure_stays(explorer, formula, said):
    before = pixels(explorer)
    with pytest.raises(ValueError, match=said):
        explorer.controls["target"].value = formula
    assert explorer.error and "\n" not in explorer.error
    assert (pixels(explorer) == before).all()
    explorer.controls["target"].value = "x"
    assert explorer.error == "" and (pixels(explorer) != before).any()


def test_a_callable():
    explorer = ReLUSumExplorer(function=np.cos, neurons=[])
    assert explorer.parameters["source"] == "function"
    assert drawn(explorer.display_.target_) == pytest.approx(np.cos(X), abs=1e-4)
    explorer.set(source="formula")
    assert drawn(explorer.display_.target_) == pytest.approx(target(X), abs=1e-3)
    twin = ReLUSumExplorer(**explorer.objects, **explorer.parameters)
    assert twin.parameters == explorer.parameters and (pixels(twin) == pixels(explorer)).all()
    explorer.close(), twin.close()


def test_a_callable_that_raises_is_named_and_the_next_move_works():
    broken = []

    def mine(x):
        if broken:
            raise KeyError("no such table")
        return x / 2

    explorer = ReLUSumExplorer(function=mine)
    broken.append(1)
    with pytest.raises(KeyError):
        editor(explorer).sliders["weight"].value = 3
    assert "no such table" in explorer.error and "the figure still shows" in explorer.error
    broken.clear()
    editor(explorer).sliders["weight"].value = 3.5
    assert explorer.error == "" and neurons(explorer)[2][0] == 3.5
    explorer.close()
    for wrong, said in ((lambda x: x[:5], "one number for each x"), (lambda x: x * 1j, "complex"), (3, "callable")):
        with pytest.raises(ValueError, match=said):
            ReLUSumExplorer(function=wrong)


def test_samples():
    rng = np.random.default_rng(4)
    x = rng.uniform(0, 5, 40)
    explorer = ReLUSumExplorer(samples=(x, np.sin(x)), neurons=[{"weight": 1, "bias": -2, "output_weight": -0.2}])
    assert explorer.display_.samples_.get_xydata() == pytest.approx(np.column_stack([np.sort(x), np.sin(np.sort(x))]))
    assert explorer.parameters["domain"] == [x.min(), x.max()]
    expected = np.sqrt(np.mean((-0.2 * np.maximum(x - 2, 0) - np.sin(x)) ** 2))
    assert explorer.display_.hand_[0].get_ydata()[0] == pytest.approx(expected)
    explorer.spread(9)
    assert explorer.display_.hand_[0].get_ydata()[0] < 0.1
    explorer.close()
    for wrong in (([1, 2], [1]), ([1, 1], [1, 2]), ([1, np.nan], [1, 2]), (["a", "b"], [1, 2])):
        with pytest.raises(ValueError, match="samples must be"):
            ReLUSumExplorer(samples=wrong)


def test_the_target_is_painted_by_mouse():
    explorer = ReLUSumExplorer(source="painted")
    on, limits = explorer.display_, explorer.display_.axes_["sum"].get_ylim()
    explorer.train()
    assert drawn(on.target_) == pytest.approx(target(X), abs=2e-3)
    on.on_press(-1.0, 4.0, "sum")
    for x in (-0.8, -0.1, 0.5):
        on.on_drag(x, 4.0 + x + 1.0, "sum")
    on.on_release(0.5, 5.5, "sum")
    painted = drawn(on.target_)
    under = (X > -0.95) & (X < 0.45)
    assert painted[under] == pytest.approx(X[under] + 5, abs=0.05)
    assert painted[X < -1.1] == pytest.approx(target(X[X < -1.1]), abs=0.02)
    assert on.axes_["sum"].get_ylim() == limits and explorer.parameters["start"] is None
    assert on.pen_.get_xydata().tolist() == [[0.5, 5.5]]
    on.on_press(0.0, 0.0, "sum"), on.on_drag(9, 99, "sum"), on.on_release(9, 99, "sum")
    assert drawn(on.target_)[-1] == pytest.approx(limits[1], abs=1e-3)
    explorer.reset()
    assert drawn(on.target_) == pytest.approx(target(X), abs=2e-3)
    explorer.close()


def test_the_target_is_painted_by_keys():
    explorer = ReLUSumExplorer(source="painted")
    key = explorer.display_.on_key
    for _ in range(20):
        key("ctrl+up")
    assert drawn(explorer.display_.target_) == pytest.approx(target(X), abs=2e-3)
    for _ in range(8):
        key("shift+right")
    height = explorer.parameters["pen"][1]
    assert height > 3 and explorer.parameters["pen"][0] == pytest.approx(0.4)
    under = (X >= 0) & (X <= 0.4)
    assert drawn(explorer.display_.target_)[under] == pytest.approx(height, abs=1e-3)
    explorer.close()


# --- state


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("neurons", 3, "neurons must be a list"),
        ("neurons", [{"weight": 1}], "neurons must hold dicts of weight, bias, output_weight and on"),
        ("neurons", [{"weight": True, "bias": 1, "output_weight": 1}], "neurons has a weight that must be a number"),
        ("neurons", [{"weight": 1, "bias": float("nan"), "output_weight": 1}], "has a bias that must be"),
        ("neurons", [{"weight": 1, "bias": 1, "output_weight": 1, "on": 1}], "neurons must be one of True, False"),
        ("selected", -1, "selected must be a whole number"),
        ("output_bias", float("inf"), "output_bias must be"),
        ("target", 3, "target must be a text"),
        ("source", "samples", "source must be one of 'formula', 'painted'"),
        ("domain", [1, 1], "domain must be .* low at least"),
        ("domain", 2, r"domain must be two numbers"),
        ("steps", 2001, "steps must be a whole number from 0 to 2000"),
        ("optimizer", "sgd", "optimizer must be one of"),
        ("learning_rate", 0, "learning_rate must be"),
        ("painted", [1.0] * 80, "painted must be a list of 81 heights"),
        ("pen", [1], "pen must be two numbers"),
        ("start", {}, "start must be None or a dict"),
        ("grabbed", "line", "grabbed must be"),
        ("neuron", 1, "no parameter neuron"),
    ],
)
def test_a_bad_value_is_named_and_nothing_moves(explorer, name, value, said):
    before = explorer.parameters
    with pytest.raises(ValueError, match=said):
        explorer.set(**{"output_bias": 1.0, name: value})
    assert explorer.parameters == before
    if name != "neuron":
        with pytest.raises(ValueError, match=said):
            ReLUSumExplorer(**{name: value})


def test_set_reset_and_an_equal_one(explorer):
    first = pixels(explorer)
    explorer.begin("cubic"), explorer.train()
    explorer.set(
        source="painted", painted=[0.5] * 81, pen=[0, 1], steps=500, optimizer="adam", selected=1, output_bias=0.3
    )
    twin = ReLUSumExplorer(**explorer.objects, **json.loads(json.dumps(explorer.parameters)))
    assert twin.parameters == explorer.parameters and (pixels(twin) == pixels(explorer)).all()
    explorer.reset()
    assert (pixels(explorer) == first).all()
    twin.close()


def test_a_list_that_is_given_is_not_changed():
    mine = [{"weight": 1.0, "bias": 0.0, "output_weight": 1.0, "on": True}]
    explorer = ReLUSumExplorer(neurons=mine)
    explorer.display_.on_key("up")
    assert mine[0]["output_weight"] == 1.0 and neurons(explorer)[0][2] == 1.05
    explorer.set(selected=9)
    assert "neuron 1:" in explorer.display_.text_.get_text()
    explorer.set(neurons=[{"weight": 0, "bias": 1, "output_weight": 2}])
    assert "no kink" in explorer.display_.text_.get_text()
    explorer.display_.on_key("left")
    assert neurons(explorer) == [(0, 1, 2)]
    explorer.close()


# --- the program

REPORT = """
report.append([Z(np.linspace(*ax.get_xlim(), 2001), *hand).tolist(), list(hand_errors), curve.T.tolist(), y.tolist(),
    list(ax.get_ylim()), list(machine_errors) if "machine" in globals() else None])
"""


def halved(x):
    return np.where(x > 0, x / 2, 0)


STATES = [
    {},
    {"target": "sigmoid(4*x) + 2**3", "train": "gd", "output_bias": 0.4},
    {"train": "momentum", "steps": 150, "domain": [-1, 3]},
    {"train": "adam", "steps": 300, "source": "painted", "painted": [k / 20 for k in range(81)]},
    {"function": halved},
    {"function": np.cos},
    {"samples": (np.linspace(0, 3, 25), np.linspace(0, 3, 25) ** 2), "train": "adam"},
]


def explorer_in(state):
    given = {name: value for name, value in state.items() if name != "train"}
    explorer = ReLUSumExplorer(**given, optimizer=state.get("train", "gd"))
    if "train" in state:
        steps = explorer.parameters["steps"]
        explorer.train()
        explorer.set(steps=steps)
    return explorer


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """What the programs of all states compute, each run in a name space of its own, in one process without nbkit."""
    folder = tmp_path_factory.mktemp("programs")
    for number, state in enumerate(STATES):
        explorer = explorer_in(state)
        program = explorer.code()
        explorer.close()
        assert "nbkit" not in program and max(map(len, program.splitlines())) <= 132
        (folder / f"{number}.py").write_text(program + REPORT)
    run = f"import json, runpy; r = []\nfor k in range({len(STATES)}): runpy.run_path(f'{{k}}.py', dict(report=r))\n"
    done = subprocess.run(
        [sys.executable, "-c", run + "print(json.dumps(r))"],
        cwd=folder,
        env={"MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("number", range(len(STATES)))
def test_the_program_computes_what_is_shown(number, reports):
    state, explorer = STATES[number], explorer_in(STATES[number])
    total, found, curve, y, limits, machine = reports[number]
    display = explorer.display_
    low, high = explorer.parameters["domain"]
    assert np.interp(np.linspace(low, high, 2001), *display.total_.get_data()) == pytest.approx(total, abs=2e-3)
    bottom, top = display.axes_["errors"].get_ylim()
    on_axes = np.clip(found, 1.15 * bottom, top / 1.15)  # a mark that is off the axes stands at their edge
    assert [float(line.get_ydata()[0]) for line in display.hand_] == pytest.approx(on_axes, rel=1e-9)
    for line, expected in zip(display.curves_, curve, strict=True):
        assert line.get_ydata() == pytest.approx(np.maximum(expected, 1e-6), rel=1e-3, abs=1e-5)
    shown = display.samples_ if "samples" in state else display.target_
    assert shown.get_ydata() == pytest.approx(y if "samples" in state else y[::5])
    assert display.axes_["sum"].get_ylim() == pytest.approx(limits) or "painted" in state
    if "train" in state:
        assert [float(line.get_ydata()[0]) for line in display.trained_] == pytest.approx(machine, rel=1e-3)
    explorer.close()
