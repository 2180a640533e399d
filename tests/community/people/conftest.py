"""People who are certified, and those who decide about it."""

from tests.community.people.certifying import (  # noqa: F401
    bind_phone,
    decide,
    submit,
    time_passes,
    upload,
)
