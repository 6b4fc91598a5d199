"""Between the protocol's types and JSON: checked against the schema, camelCase on the wire."""

import dataclasses
import json
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

import cattrs
import fastjsonschema
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from phi_sidecar.generated import protocol

T = TypeVar("T")


class DoesNotFit(ValueError):
    """A message does not fit the schema; the text names the field, never its value."""


def add_protocol_types(converter: cattrs.Converter) -> cattrs.Converter:
    """Teach a converter the protocol's types: camelCase names, defaults kept, extras forbidden."""
    converter.register_structure_hook_factory(
        _is_protocol_type,
        lambda cls: make_dict_structure_fn(
            cls, converter, _cattrs_forbid_extra_keys=True, **_renames(cls)
        ),
    )
    converter.register_unstructure_hook_factory(
        _is_protocol_type,
        lambda cls: make_dict_unstructure_fn(cls, converter, **_renames(cls)),
    )
    # A progress token; the schema has been checked by then.
    converter.register_structure_hook_func(
        lambda cls: cls == str | int | None, lambda value, _: value
    )
    return converter


def structure(data: object, cls: type[T]) -> T:
    """Make a protocol type of decoded JSON.

    Raises:
        DoesNotFit: the schema says otherwise.
    """
    check(data, cls)
    return _converter().structure(data, cls)


def unstructure(message: object) -> Any:  # noqa: ANN401 (JSON has no closer type)
    """Make JSON of a protocol type."""
    return _converter().unstructure(message)


def check(data: object, cls: type) -> None:
    """Check decoded JSON against the schema of a protocol type.

    Raises:
        DoesNotFit: it differs.
    """
    try:
        _validator(cls.__name__)(data)
    except fastjsonschema.JsonSchemaValueException as error:
        # The library's message quotes the rule and the field's path, not the value.
        raise DoesNotFit(error.message.replace("data", "params", 1)) from None


@cache
def _converter() -> cattrs.Converter:
    return add_protocol_types(cattrs.Converter())


@cache
def _schema() -> Any:  # noqa: ANN401
    text = files("phi_sidecar.generated").joinpath("protocol.schema.json").read_text("utf-8")
    return json.loads(text)


@cache
def _validator(name: str) -> Any:  # noqa: ANN401
    schema = {"$ref": f"#/$defs/{name}", "$defs": _schema()["$defs"]}
    return fastjsonschema.compile(schema, use_default=False)


def _is_protocol_type(cls: object) -> bool:
    return (
        isinstance(cls, type)
        and cls.__module__ == protocol.__name__
        and dataclasses.is_dataclass(cls)
    )


def _renames(cls: type) -> dict[str, Any]:
    return {field.name: override(rename=_camel(field.name)) for field in dataclasses.fields(cls)}


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)
