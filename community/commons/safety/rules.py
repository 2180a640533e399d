"""What checking a text or a picture can come to."""

from __future__ import annotations

from chalicelib.errors import Invalid


class ContentNotAllowed(Invalid):
    code = "content_not_allowed"
    text = "内容包含不适合发布的信息，请修改后再试"
