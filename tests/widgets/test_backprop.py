"""The back-propagation explorer, moved as its user moves it."""

import subprocess
import sys

import pytest
import torch

from nbkit.widgets.backprop import EXAMPLES, BackpropExplorer


@pytest.fixture
def explorer():
    made = BackpropExplorer()
    yield made
    made.close()


def texts(artists, count):
    return [text.get_text() for text in artists[:count]]


def test_values_appear_one_node_a_step_then_derivatives(explorer):
    display = explorer.display_
    assert texts(display.values_, 5) == ["−2", "5", "", "−4", ""]
    seen = []
    for _ in range(4):
        explorer.on_key("right")
        seen.append((texts(display.values_, 5), texts(display.derivatives_, 5)))
    assert seen[0] == (["−2", "5", "3", "−4", ""], [""] * 5)
    assert seen[1] == (["−2", "5", "3", "−4", "−12"], ["", "", "", "", "1"])
    assert seen[2][1] == ["", "", "−4", "3", "1"]
    assert seen[3][1] == ["−4", "−4", "−4", "3", "1"]


def test_the_sentence_names_the_rule_and_the_numbers(explorer):
    explorer.set(step=3)
    assert "∂f/∂q = z = −4, times ∂f/∂f = 1: q gets −4" in explorer.caption
    explorer.set(step=4)
    assert explorer.caption.endswith("By differences instead: x −4, y −4, z 3.")
    assert texts(explorer.display_.labels_, 2) == ["× 1", "× 1"]


def test_z_at_zero_takes_the_derivatives_by_x_and_y_and_leaves_that_by_z(explorer):
    explorer.set(step=4, z=0)
    assert texts(explorer.display_.derivatives_, 5) == ["0", "0", "0", "3", "1"]


def test_keys_step_and_end_at_the_ends(explorer):
    for key, step in (("left", 0), ("end", 4), ("right", 4), ("left", 3), ("home", 0)):
        explorer.on_key(key)
        assert explorer.parameters["step"] == step
    explorer.on_key("a")
    assert explorer.parameters["step"] == 0


def test_player_ends_with_the_graph(explorer):
    assert explorer.controls["step"].slider.max == 4
    explorer.set(expression="(sigmoid(w*x + b) - t)**2", step=10)
    assert explorer.controls["step"].slider.max == explorer.controls["step"].play.max == 10
    explorer.set(expression="(x + y)*z")
    assert explorer.parameters["step"] == 10 and explorer.display_.heading_.get_text().startswith("Backward 2 of 2")


def test_only_the_formulas_variables_have_a_slider(explorer):
    seen = [name for name, control in explorer.controls.items() if control.layout.display != "none"]
    assert seen == ["expression", "step", "x", "y", "z"]
    explorer.set(expression="w1*x1")
    assert explorer.controls["w1"].layout.display is None and explorer.controls["z"].layout.display == "none"


@pytest.mark.parametrize("label", EXAMPLES)
def test_examples_equal_autograd(explorer, label):
    example = dict(EXAMPLES[label])
    explorer.set(step=80, **example)
    leaves = {
        name: torch.tensor(value, dtype=torch.float64, requires_grad=True)
        for name, value in example.items()
        if name != "expression"
    }
    eval(example["expression"], {"sigmoid": torch.sigmoid}, leaves).backward()
    arrays = explorer.compute(**explorer.parameters)
    by_rule = {box.title: arrays["derivatives"][place] for place, box in enumerate(arrays["boxes"])}
    by_differences = dict(pair.rsplit(" ", 2)[-2:] for pair in explorer.caption.rstrip(".").split(", "))
    for name, leaf in leaves.items():
        assert by_rule[name] == f"{leaf.grad:.4g}".replace("-", "−")
        assert float(by_differences[name].replace("−", "-")) == pytest.approx(float(leaf.grad), rel=1e-6)


@pytest.mark.parametrize(
    "expression, said",
    [
        ("x +", "is no formula"),
        ("x.y", "a dot between names"),
        ("3", "computes nothing"),
        ("+".join(f"sin({k}*x)" for k in range(14)), "at most 40"),
    ],
)
def test_bad_formulas_leave_the_state(explorer, expression, said):
    with pytest.raises(ValueError, match=f"^expression .*{said}"):
        explorer.set(expression=expression)
    assert explorer.parameters["expression"] == "(x + y)*z"


def test_undefined_values_are_shown_and_warn_nobody(explorer):
    explorer.set(expression="log(x)*y", step=80)
    assert "nan" in explorer.display_.values_[1].get_text()
    assert "By differences instead: x nan, y nan." in explorer.caption


@pytest.mark.parametrize(
    "expression", [example["expression"] for example in EXAMPLES.values()] + ["relu(x - 1)/2 + atan(-y)**3 - abs(z)"]
)
def test_code_recomputes_what_is_shown(explorer, expression):
    explorer.set(expression=expression, step=80)
    code = explorer.code()
    assert "nbkit" not in code
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    printed = dict(zip(said[::2], map(float, said[1::2]), strict=True))
    arrays = explorer.compute(**explorer.parameters)
    shown = {box.title.split(" ")[0]: k for k, box in enumerate(arrays["boxes"])}
    assert f"{printed.pop('f'):.4g}".replace("-", "−") == arrays["values"][-1]
    for name, value in printed.items():
        assert f"{value + 0.0:.4g}".replace("-", "−") == arrays["derivatives"][shown[name]]


def test_an_equal_one_is_made_of_its_parameters(explorer):
    explorer.set(expression="x*x", x=3, step=2)
    other = BackpropExplorer(**explorer.parameters)
    assert str(other) == str(explorer)
    other.close()
