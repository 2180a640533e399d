"""Two members."""

from tests.community.people.certifying import li, wang  # noqa: F401
