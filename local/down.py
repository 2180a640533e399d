"""`make down`: stops what `make up` started and nothing else; the data stay."""

from local import processes, say
from local.places import STACK_FILE, UP_STATE
from local.usual import usual_stack


def main() -> None:
    if not UP_STATE.exists():
        say.line("Nothing is up.")
        return
    with processes.only_one(UP_STATE / "lock", "`make up` or `make down`"):
        with say.step("Stop the sandbox and the emulated AWS, saving all data"):
            stopped = usual_stack().stop()
        STACK_FILE.unlink(missing_ok=True)
    say.line("Down. `make up` finds everything as it was." if stopped else "Nothing was up.")


if __name__ == "__main__":
    say.run(main)
