"""Templates and their fields."""

from __future__ import annotations

import pytest

from chalicelib.settings import settings
from community.commons.subscriptions.rules import FORMS, Template, filled


@pytest.mark.parametrize("template", Template)
def test_every_template_has_a_form_and_an_id(template: Template) -> None:
    assert FORMS[template].fields
    assert template in settings().wechat_templates


@pytest.mark.parametrize("template", Template)
def test_a_template_is_filled_as_a_whole(template: Template) -> None:
    fields = FORMS[template].fields
    assert filled(template, *fields) == {name: name for name in fields}
    with pytest.raises(ValueError, match="argument"):
        filled(template, *fields, "更多")
