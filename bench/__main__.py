"""`make bench`: measure everything that docs/figures.md states, print it and write it down."""

from __future__ import annotations

from bench import capacity, cold, report, scale, warm
from local import say


def main() -> None:
    lines, of_capacity = capacity.measured()
    figures = [*cold.measured(), *warm.measured(), *scale.measured(), *of_capacity]
    in_order = sorted(figures, key=lambda figure: figure.number or 99)
    report.show(lines, in_order)
    report.write(lines, in_order)


if __name__ == "__main__":
    say.run(main)
