"""Writes and reads what goes over the wire: XML as WeChat writes it, and JSON."""

import json
import re
import xml.etree.ElementTree as ElementTree
from typing import Any

# Not allowed in XML 1.0, not even escaped.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def to_xml(fields: dict[str, Any]) -> bytes:
    return f"<xml>{_elements(fields)}</xml>".encode()


def to_json(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()


def read(body: bytes) -> dict[str, Any]:
    """Read JSON or XML, whichever it is. Raises ValueError."""
    if body.lstrip().startswith(b"{"):
        value: dict[str, Any] = json.loads(body)
        return value
    if b"<!DOCTYPE" in body:
        raise ValueError("a DTD is not allowed")
    try:
        value = _value(ElementTree.fromstring(body))
    except ElementTree.ParseError as error:
        raise ValueError(str(error)) from None
    if not isinstance(value, dict):
        raise ValueError("no elements")
    return value


def _elements(fields: dict[str, Any]) -> str:
    return "".join(_element(name, value) for name, value in fields.items())


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, one) for one in value)
    if isinstance(value, dict):
        return f"<{name}>{_elements(value)}</{name}>"
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    text = UNPRINTABLE.sub("", str(value)).replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{text}]]></{name}>"


def _value(element: ElementTree.Element) -> Any:
    """Text, or a dict in which a repeated element is a list."""
    if len(element) == 0:
        return (element.text or "").strip()
    fields: dict[str, Any] = {}
    for child in element:
        value = _value(child)
        if child.tag not in fields:
            fields[child.tag] = value
        elif isinstance(fields[child.tag], list):
            fields[child.tag].append(value)
        else:
            fields[child.tag] = [fields[child.tag], value]
    return fields
