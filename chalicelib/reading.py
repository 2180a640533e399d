"""What was sent, understood: bodies and queries become declared types, or a refusal that names the field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from chalicelib.errors import FieldError, Invalid
from chalicelib.problems import TooLarge, WrongMediaType

BODY_BYTES_MAX = 64 * 1024

_PATH = r" - at `\$\.?(?P<path>[^`]*)`$"
_NAMED = r"field `(?P<name>[^`]+)`"

# msgspec's sentences, as the person who filled in the form should read them. Compiled when needed: at
# start that would cost more than all of this module.
_SENTENCES = (
    (r"missing required field", "缺少此项"),
    (r"contains unknown field", "没有这个参数"),
    (r"`array` of length >= (?P<n>\d+)", "至少 {n} 项"),
    (r"`array` of length <= (?P<n>\d+)", "最多 {n} 项"),
    (r"of length >= (?P<n>\d+)", "至少 {n} 个字符"),
    (r"of length <= (?P<n>\d+)", "最多 {n} 个字符"),
    (r">= (?P<n>-?\d+)", "不能小于 {n}"),
    (r"<= (?P<n>-?\d+)", "不能大于 {n}"),
    (r"Invalid enum value|matching regex", "取值不在允许范围内"),
    (r"Expected `(?P<n>[^`]+)`", "类型应为 {n}"),
)


class Malformed(Invalid):
    code = "malformed"
    text = "提交的不是有效的 JSON"


def body(takes: Any, raw: bytes, content_type: str) -> Any:
    """The body as the declared type. Refuses: TooLarge, WrongMediaType, Malformed; Invalid, naming every wrong field."""
    if takes is None:
        return None
    if len(raw) > BODY_BYTES_MAX:
        raise TooLarge
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise WrongMediaType
    try:
        return msgspec.json.decode(raw, type=takes)
    except msgspec.ValidationError as wrong:
        raise Invalid(errors=_field_errors(takes, _plain(raw)) or [_field_error(wrong)]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed from None


def query(asks: Any, values: Mapping[str, str]) -> Any:
    """What the address asks for, as the declared type. Refuses: Invalid."""
    if asks is None:
        return None
    try:
        return msgspec.convert(dict(values), asks, strict=False)
    except msgspec.ValidationError as wrong:
        raise Invalid(errors=[_field_error(wrong)]) from None


def _plain(raw: bytes) -> Any:
    """The body as it is. Refuses: Malformed — after the first wrong field it is no JSON"""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed from None


def _field_errors(takes: Any, told: Any) -> list[FieldError]:
    """What is wrong with each field of an object; msgspec stops at the first. Refuses: Malformed"""
    if not (isinstance(told, dict) and isinstance(takes, type)):
        return []
    errors = []
    for field in msgspec.structs.fields(takes):
        try:
            if field.encode_name in told:
                msgspec.convert(told[field.encode_name], field.type)
            elif field.required:
                errors.append(FieldError(field.encode_name, "缺少此项"))
        except msgspec.ValidationError as wrong:
            # msgspec writes the path from where it began.
            error = _field_error(wrong)
            rest = "" if error.field == "body" else error.field
            dot = "." if rest and not rest.startswith("[") else ""
            errors.append(FieldError(f"{field.encode_name}{dot}{rest}", error.message))
        except RecursionError:
            raise Malformed from None
    return errors


def _field_error(wrong: msgspec.ValidationError) -> FieldError:
    sentence = str(wrong)
    at = re.search(_PATH, sentence)
    named = re.search(_NAMED, sentence)
    path = ".".join(part for part in (at and at["path"], named and named["name"]) if part)
    if isinstance(wrong.__cause__, ValueError):  # A type of ours says it in its own words.
        return FieldError(path or "body", str(wrong.__cause__))
    for pattern, words in _SENTENCES:
        if found := re.search(pattern, sentence):
            return FieldError(path or "body", words.format(**found.groupdict()))
    return FieldError(path or "body", "内容有误")
