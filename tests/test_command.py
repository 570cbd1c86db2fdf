"""The console script: what it hands to Jupyter, and that JupyterLab answers."""

from __future__ import annotations

import contextlib
import json
import pathlib
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from importlib.metadata import version

import pytest

from nbkit.__main__ import lab_arguments, main

ROOT = pathlib.Path(__file__).parents[1]


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, said in ((["--version"], version("nbkit")), (["--help"], "lab"), (["lab", "--help"], "FOLDER")):
        with pytest.raises(SystemExit) as end:
            main(arguments)
        assert end.value.code == 0
        assert said in capsys.readouterr().out


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["lectures"])
    assert end.value.code == 2
    assert "lab" in capsys.readouterr().err


def test_the_lectures_are_opened_unless_a_folder_is_given(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    # the whole course is served, so that the lectures' links to the exercises work, and the one folder is opened
    for given, opened in (([], "lectures"), (["exercises"], "exercises")):
        command = lab_arguments(given)
        assert command[:2] == [f"--ServerApp.root_dir={ROOT}", f"--LabApp.default_url=/lab/tree/{opened}"]
    for own in ("mine", "lectures"):  # one of these alone is no course
        (tmp_path / own).mkdir()
        assert f"--ServerApp.root_dir={tmp_path / own}" in lab_arguments([own])
    with pytest.raises(SystemExit, match="no folder 'yours'"):
        lab_arguments(["yours"])


def test_other_arguments_are_handed_on_as_they_are(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0, raising=False)
    given = ["--port=9999", "--no-browser", "--allow-root", "--LabApp.news_url=x", "a.ipynb"]
    command = lab_arguments([str(tmp_path), *given])
    assert command[-len(given) :] == given
    # Jupyter refuses an option that is given twice
    kept = [argument.split("=")[0] for argument in command[: -len(given)]]
    assert kept == ["--ServerApp.root_dir"]


@pytest.mark.parametrize("given", ["--notebook-dir=elsewhere", "--ServerApp.root_dir=elsewhere"])
def test_a_folder_that_is_given_in_jupyters_way_stands_for_ours(given: str) -> None:
    command = lab_arguments([given])
    assert command[-1] == given
    assert not {"--ServerApp.root_dir", "--LabApp.default_url"} & {name.split("=")[0] for name in command[:-1]}


@pytest.mark.parametrize("command", ["run", "check", "derive"])
def test_a_name_that_is_no_notebook_is_said_in_a_line(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "no_such"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("nbkit: no_such is no ") and said.count("\n") == 1


def test_root_may_start_it_and_a_missing_browser_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0, raising=False)
    monkeypatch.setattr("nbkit.__main__._has_browser", lambda: False)
    assert {"--ServerApp.allow_root=True", "--ServerApp.open_browser=False"} <= set(lab_arguments([]))
    monkeypatch.setattr("os.geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr("nbkit.__main__._has_browser", lambda: True)
    assert not {"--ServerApp.allow_root=True", "--ServerApp.open_browser=False"} & set(lab_arguments([]))


def answer(address: str, process: subprocess.Popen[str]) -> str:
    """What a server says that has printed its address, and may begin to listen a moment later."""
    while process.poll() is None:
        try:
            return str(urllib.request.urlopen(address, timeout=30).read().decode())
        except urllib.error.URLError:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
    raise RuntimeError(f"the server has ended with {process.returncode}")


def test_jupyterlab_starts_and_prints_its_address(tmp_path: pathlib.Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "nbkit", "lab", str(tmp_path), f"--port={port}", "--no-browser"],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        lines = iter(process.stderr.readline, "")
        address = next(line.split()[-1] for line in lines if "http://127.0.0.1" in line or "http://localhost" in line)
        page = answer(address, process)
        assert "JupyterLab" in page
        # the page asks about news unless this says no
        settings = address.replace("/lab?", "/lab/api/settings/@jupyterlab/apputils-extension:notification?")
        said = json.loads(answer(settings, process))["schema"]["properties"]
        assert (said["fetchNews"]["default"], said["checkForUpdates"]["default"]) == ("false", False)
    finally:
        process.terminate()
        process.wait(30)
        process.stderr.close()
