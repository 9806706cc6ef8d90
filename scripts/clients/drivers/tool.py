# What all Python drivers share: where the gateway is, and the one tool. Each driver prints what the model says.
import os
import subprocess
import sys
import time
from collections.abc import Callable

ORIGIN = os.environ["ORIGIN"]
MODEL = os.environ["MODEL"]
TASK = os.environ["TASK"]
WAY = os.environ["WAY"]
KEY = "sk-of-nobody"
SCHEMA = {"type": "object", "properties": {"command": {"type": "string"}}, "required": ["command"]}


def run(command: str) -> str:
    """Runs a command in the shell and returns what it printed.

    Args:
        command: The command.
    """
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    printed = done.stdout + done.stderr
    return printed if done.returncode == 0 else f"Exit code {done.returncode}\n{printed}"


def insist(ask: Callable):
    """An application that asks again when a stream breaks off: the SDK must raise, or nobody could."""
    for attempt in range(4):
        try:
            return ask()
        except Exception:
            if attempt == 3:
                raise
            print("asked again", file=sys.stderr)
            time.sleep(0.2)
    raise AssertionError
