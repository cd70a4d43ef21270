"""Record values to JSON and back, by their dataclass fields; knows no particular record.

A field's JSON name is its own unless its metadata says `json`. Decoding checks shapes and raises BadInput on a value
that does not fit, so that a tampered or foreign document never becomes a half-filled record.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import TypeVar, cast

from cases.records import JsonObject, JsonValue
from models.errors import BadInput

T = TypeVar("T")


def json_name(field: dataclasses.Field[object]) -> str:
    """The name of a field in JSON."""
    return str(field.metadata.get("json", field.name))


def to_json(value: object) -> JsonValue:
    """A record value as JSON: dataclasses to objects, tuples to lists."""
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {json_name(f): to_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(k): to_json(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [to_json(v) for v in value]
    raise BadInput("record.type", f"a record cannot hold a {type(value).__name__}")


def to_json_object(value: object) -> JsonObject:
    """As `to_json`, for a value that is an object."""
    return cast(JsonObject, to_json(value))


@cache
def _hints(kind: type) -> dict[str, object]:
    # JsonValue names itself: a module that holds JSON need not know it by name.
    return typing.get_type_hints(kind, localns={"JsonValue": JsonValue})


def from_json(kind: type[T], value: JsonValue) -> T:
    """The value of dataclass `kind` that `value` describes; raises BadInput where it does not fit."""
    return cast(T, _decode(kind, value, kind.__name__))


def _decode(kind: object, value: JsonValue, where: str) -> object:
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _decode_object(kind, value, where)
    origin = typing.get_origin(kind)
    if origin is tuple:
        return _decode_tuple(typing.get_args(kind), value, where)
    if origin in (types.UnionType, typing.Union):
        return _decode_union(typing.get_args(kind), value, where)
    if origin is dict or kind is dict:
        return _expect(value, dict, where)
    if kind is float:
        return float(cast(float, _expect(value, (int, float), where)))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _decode_choice(kind, value, where)
    if isinstance(kind, type):
        return _expect(value, kind, where)
    return value


def _decode_choice(kind: type[StrEnum], value: JsonValue, where: str) -> StrEnum:
    try:
        return kind(cast(str, _expect(value, str, where)))
    except ValueError as error:
        raise BadInput("record.shape", f"{where} is one of {', '.join(kind)}") from error


def _expect(value: JsonValue, kind: type | tuple[type, ...], where: str) -> JsonValue:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise BadInput("record.shape", f"{where} does not fit: got {type(value).__name__}")
    return value


def _decode_object(kind: type, value: JsonValue, where: str) -> object:
    given = cast(JsonObject, _expect(value, dict, where))
    hints = _hints(kind)
    found: dict[str, object] = {}
    for f in dataclasses.fields(kind):
        name = json_name(f)
        if name in given:
            found[f.name] = _decode(hints[f.name], given[name], f"{where}.{name}")
        elif f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING:
            raise BadInput("record.shape", f"{where}.{name} is missing")
    return kind(**found)


def _decode_tuple(args: tuple[object, ...], value: JsonValue, where: str) -> tuple[object, ...]:
    items = cast("list[JsonValue]", _expect(value, list, where))
    if len(args) == 2 and args[1] is Ellipsis:
        return tuple(_decode(args[0], item, f"{where}[{n}]") for n, item in enumerate(items))
    if len(args) != len(items):
        raise BadInput("record.shape", f"{where} has {len(items)} items, not {len(args)}")
    return tuple(_decode(a, item, f"{where}[{n}]") for n, (a, item) in enumerate(zip(args, items, strict=True)))


def _decode_union(args: tuple[object, ...], value: JsonValue, where: str) -> object:
    if value is None and type(None) in args:
        return None
    rest = [a for a in args if a is not type(None)]
    if len(rest) == 1:
        return _decode(rest[0], value, where)
    return value
