"""Where the project's tools keep their things."""

from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
VENV = REPO / ".venv"
DIST = REPO / ".dist"
LOCAL = REPO / ".local"
CACHE = LOCAL / "cache"
EMULATOR_VENV = LOCAL / "emulator-venv"
STACK_FILE = LOCAL / "stack.json"
UP_STATE = LOCAL / "up"
"""What the processes of `make up` keep: the emulated AWS, the sandbox, their logs."""
