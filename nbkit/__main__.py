"""The command `nbkit`: open the lectures, run notebooks, check them, derive the students' editions of exercises."""

from __future__ import annotations

import argparse
import os
import sys
import webbrowser
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

__all__ = ["lab_arguments", "main"]

#: The folders of a course, the first of which is opened.
COURSE = ("lectures", "exercises")
#: Where JupyterLab's settings lie that `nbkit lab` begins with; what the user has set stands before them.
SETTINGS = Path(__file__).parent / "data" / "jupyter"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says, and return the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["lab"] and not {"-h", "--help"} & set(given):
        from jupyterlab.labapp import LabApp

        # JupyterLab asks about news unless a setting says no, which can't be given on the command line.
        paths = [str(SETTINGS), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
        os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(paths)
        LabApp.launch_instance(lab_arguments(given[1:]))
        return 0
    options = _parser().parse_args(given)
    try:
        return int(options.action(options))
    except FileNotFoundError as error:  # a name that was mistyped, said in a line
        print(f"nbkit: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nbkit", description="Live notebooks with which neural networks are taught.")
    parser.add_argument("--version", action="version", version=f"nbkit {version('nbkit')}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    lab = commands.add_parser(
        "lab",
        usage="nbkit lab [FOLDER] [ARGUMENT …]",
        help="open JupyterLab on the lectures, or on the exercises",
        description="Start JupyterLab on FOLDER (default: lectures; the other is exercises) and print its address. "
        "All other arguments are handed to `jupyter lab` as they are, for instance --port=9999 or --no-browser.",
    )
    lab.set_defaults(action=lambda options: 0)

    run = commands.add_parser(
        "run",
        help="run notebooks, and keep the outputs that can be read without a kernel",
        description="Run each notebook from the top in a new kernel and write it with its pictures and texts, "
        "without widget views.",
    )
    run.add_argument("paths", nargs="+", metavar="NOTEBOOK", help="a notebook, or a folder of them")
    run.set_defaults(action=_run)

    check = commands.add_parser(
        "check",
        help="say which notebooks are not fit to be committed",
        description="Check that each notebook was run in order and holds no widget view; the exit code is 1 where one does not.",
    )
    check.add_argument("paths", nargs="+", metavar="NOTEBOOK", help="a notebook, or a folder of them")
    check.set_defaults(action=_check)

    derive = commands.add_parser(
        "derive",
        help="make the students' editions of exercises",
        description="Cut the solutions and hidden tests out of the notebooks in FOLDER/solutions, run what is left, and write "
        "it into FOLDER.",
    )
    derive.add_argument(
        "paths",
        nargs="*",
        default=["exercises"],
        metavar="FOLDER",
        help="a folder of exercises (default: exercises), or a notebook in its folder solutions",
    )
    derive.add_argument(
        "--check",
        action="store_true",
        help="run and write nothing: say which files are out of date or hold a line of a solution; the exit code is then 1",
    )
    derive.set_defaults(action=_derive)
    return parser


def lab_arguments(arguments: Sequence[str]) -> list[str]:
    """What JupyterLab is started with: a first argument without a dash is the folder, the rest is Jupyter's own."""
    rest = list(arguments)
    folder = _folder(rest.pop(0) if rest and not rest[0].startswith("-") else COURSE[0])
    defaults = _root(folder.resolve())
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        defaults.append("--ServerApp.allow_root=True")  # in a container one is root
    if not _has_browser():
        defaults.append("--ServerApp.open_browser=False")
    # Jupyter takes no option twice: what is given stands for the default.
    named = {argument.split("=")[0] for argument in rest}
    meant = {
        "--allow-root": "--ServerApp.allow_root",
        "--no-browser": "--ServerApp.open_browser",
        "--notebook-dir": "--ServerApp.root_dir",
    }
    named |= {meant[name] for name in named & set(meant)}
    if "--ServerApp.root_dir" in named:
        named.add("--LabApp.default_url")  # a folder of ours, which is not there
    kept = [default for default in defaults if default.split("=")[0] not in named]
    return [*kept, *rest]


def _folder(name: str) -> Path:
    """The folder of this name; those of the course are looked for beside the package, too."""
    beside = Path(__file__).parents[1] / name
    places = [Path(name), *([beside] if name in COURSE else [])]
    found = next((place for place in places if place.is_dir()), None)
    if found is None:
        raise SystemExit(f"nbkit lab: there is no folder {name!r}; give one that exists, or none for the lectures")
    return found


def _root(folder: Path) -> list[str]:
    """What the server shows: the folder, or the whole course where it is a part of one, so that links between the parts work."""
    if folder.name in COURSE and all((folder.parent / part).is_dir() for part in COURSE):
        return [f"--ServerApp.root_dir={folder.parent}", f"--LabApp.default_url=/lab/tree/{folder.name}"]
    return [f"--ServerApp.root_dir={folder}"]


def _has_browser() -> bool:
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def _run(options: argparse.Namespace) -> int:
    from nbclient.exceptions import CellExecutionError

    from nbkit.notebooks import notebook_files, run

    failed = 0
    for path in notebook_files(options.paths):
        try:
            run(path)
        except CellExecutionError as error:
            failed = 1
            print(f"{path}: not written, since a cell failed\n{error}", file=sys.stderr)
        else:
            print(f"{path}: run")
    return failed


def _check(options: argparse.Namespace) -> int:
    import nbformat

    from nbkit.notebooks import faults, notebook_files

    found = [(path, fault) for path in notebook_files(options.paths) for fault in faults(nbformat.read(path, 4))]
    for path, fault in found:
        print(f"{path}: {fault}; `nbkit run {path}` makes its outputs anew")
    return int(bool(found))


def _derive(options: argparse.Namespace) -> int:
    from nbclient.exceptions import CellExecutionError

    from nbkit.exercises import behind, derive, sources

    if options.check:
        found = [line for folder in options.paths for line in behind(folder)]
        for line in found:
            print(line)
        return int(bool(found))
    failed = 0
    for path in sources(options.paths):
        try:
            print(f"{derive(path)}: derived")
        except (ValueError, CellExecutionError) as error:
            failed = 1
            print(f"{path}: not derived\n{error}", file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main())
