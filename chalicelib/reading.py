"""What was sent, understood: bodies and queries become declared types, or a refusal that names the field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

from chalicelib.errors import FieldError, Invalid
from chalicelib.problems import TooLarge, WrongMediaType

BODY_BYTES_MAX = 64 * 1024
LIST_ERRORS_MAX = 20
"""So many are told of one list: 30,000 wrong items fit in a body, and nobody reads that of them."""

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
    (r"Expected `(?P<types>[^`]+)`", "应为{types}"),
)
_TYPES = {
    "str": "文字",
    "int": "整数",
    "float": "数字",
    "bool": "是或否",
    "array": "列表",
    "object": "一组内容",
    "date": "日期",
    "datetime": "时间",
    "null": "空",
}


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
    """What is wrong with each field of an object, also inside of its fields; msgspec stops at the first.

    Refuses: Malformed
    """
    takes = _struct_in(takes)
    if not (isinstance(told, dict) and takes):
        return []
    errors = []
    for field in msgspec.structs.fields(takes):
        if field.encode_name in told:
            inside = _errors_of(field.type, told[field.encode_name])
            errors += [_within(field.encode_name, error) for error in inside]
        elif field.required:
            errors.append(FieldError(field.encode_name, "缺少此项"))
    return errors


def _errors_of(kind: Any, told: Any) -> list[FieldError]:
    """What is wrong with one value, each with its place inside of it."""
    try:
        msgspec.convert(told, kind)
    except msgspec.ValidationError as wrong:
        items = _item_of(kind)
        if isinstance(told, list) and items:
            of_items = (
                _within(f"[{place}]", error)
                for place, each in enumerate(told)
                for error in _errors_of(items, each)
            )
            inside = list(islice(of_items, LIST_ERRORS_MAX))
        else:
            inside = _field_errors(kind, told)
        # A bound of the whole, or an unknown field, is wrong with none of what is inside.
        return inside or [_field_error(wrong)]
    except RecursionError:
        raise Malformed from None
    return []


def _within(place: str, error: FieldError) -> FieldError:
    if error.field == "body":
        return FieldError(place, error.message)
    dot = "" if error.field.startswith("[") else "."
    return FieldError(f"{place}{dot}{error.field}", error.message)


def _struct_in(kind: Any) -> type[msgspec.Struct] | None:
    """The struct that a field may hold, whatever else it may be."""
    for each in (kind, *_parts_of(kind)):
        if isinstance(each, type) and issubclass(each, msgspec.Struct):
            return each
    return None


def _item_of(kind: Any) -> Any:
    """What a field's items are, if it may hold many."""
    for each in (kind, *_parts_of(kind)):
        if get_origin(each) in (tuple, list):
            return get_args(each)[0]
    return None


def _parts_of(kind: Any) -> tuple[Any, ...]:
    """What a type with bounds, or one of several, is made of."""
    if get_origin(kind) is Annotated:
        inner = get_args(kind)[0]
        return (inner, *_parts_of(inner))
    if get_origin(kind) in (Union, UnionType):
        return tuple(part for each in get_args(kind) for part in (each, *_parts_of(each)))
    return ()


def _field_error(wrong: msgspec.ValidationError) -> FieldError:
    sentence = str(wrong)
    at = re.search(_PATH, sentence)
    named = re.search(_NAMED, sentence)
    path = ".".join(part for part in (at and at["path"], named and named["name"]) if part)
    if isinstance(wrong.__cause__, ValueError):  # A type of ours says it in its own words.
        return FieldError(path or "body", str(wrong.__cause__))
    for pattern, words in _SENTENCES:
        if found := re.search(pattern, sentence):
            said = found.groupdict()
            if types := said.get("types"):
                said["types"] = "或".join(_TYPES.get(name, name) for name in types.split(" | "))
            return FieldError(path or "body", words.format(**said))
    return FieldError(path or "body", "内容有误")
