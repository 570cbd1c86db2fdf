"""How the learning rate changes from step to step."""

# The hyper-parameters of each schedule; None stands for the number of steps of the run.
SCHEDULES: dict[str, dict[str, float | None]] = {
    "constant": {},
    "step": {"step_size": 100, "gamma": 0.5},
    "exponential": {"gamma": 0.99},
    "cosine": {"t_max": None, "eta_min": 0.0},
}
