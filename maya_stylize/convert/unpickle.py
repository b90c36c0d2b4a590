"""A pickle machine that executes nothing: it knows the shapes of a state dict and no more.

Pickle is a small stack language whose REDUCE and BUILD instructions call whatever the file names.
Here no name is ever looked up. The few that a state dict needs are recognized as words and
turned into plain data; every other name and every other instruction is refused.
"""

from __future__ import annotations

import io
import pickletools
from dataclasses import dataclass
from typing import Any

from maya_stylize.errors import ModelError

_STORAGES = {
    "FloatStorage": "<f4",
    "DoubleStorage": "<f8",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ByteStorage": "<u1",
    "BoolStorage": "<u1",
}
_CALLS = {
    "collections.OrderedDict",
    "torch._utils._rebuild_tensor",
    "torch._utils._rebuild_tensor_v2",
    "torch._utils._rebuild_parameter",
}
_MAX_STEPS = 2_000_000


@dataclass(frozen=True)
class Storage:
    """A run of numbers elsewhere in the file.

    Attributes:
        key: Its name in the container.
        dtype: NumPy's name of the number type, little-endian.
        count: How many numbers it holds.
    """

    key: str
    dtype: str
    count: int


@dataclass(frozen=True)
class Tensor:
    """A view of a storage, in numbers rather than bytes; nothing is checked yet."""

    storage: Storage
    offset: Any
    shape: Any
    stride: Any


@dataclass(frozen=True)
class _Name:
    """A module's attribute that the pickle mentions; never looked up."""

    path: str


def load(data: io.BytesIO, source: str) -> Any:
    """Read one pickle from the current position and leave the position behind it.

    Args:
        data: The bytes; no more than these are ever read.
        source: The file's name, for messages.

    Returns:
        Plain data: dicts, lists, tuples, numbers, strings, None and `Tensor`.

    Raises:
        ModelError: The pickle is damaged, or asks for anything that a state dict does not need.
    """
    machine = _Machine(source)
    steps = 0
    try:
        for opcode, argument, _ in pickletools.genops(data):
            steps += 1
            if steps > _MAX_STEPS:
                raise ModelError(f"{source}: the pickle is far longer than any state dict.")
            machine.step(opcode.name, argument)
        return machine.result()
    except (ValueError, IndexError, KeyError, TypeError, OverflowError, UnicodeError) as error:
        raise ModelError(
            f"{source}: the pickle is damaged or cut short ({error}).", "Get the file again."
        ) from error


class _Machine:
    """The stack and the memo of one pickle."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._stack: list[Any] = []  # since the last mark
        self._below: list[list[Any]] = []  # the stacks below each mark
        self._memo: dict[int, Any] = {}

    def result(self) -> Any:
        if self._below or len(self._stack) != 1:
            raise ValueError("it does not end with one value")
        return self._stack[0]

    def step(self, name: str, argument: Any) -> None:
        """Carry out one instruction."""
        if name in _LITERALS:
            self._stack.append(argument)
        elif name in _CONSTANTS:
            self._stack.append(_CONSTANTS[name])
        elif name in _EMPTY:
            self._stack.append(_EMPTY[name]())
        elif name == "MARK":
            self._below.append(self._stack)
            self._stack = []
        elif name in _TUPLES:
            self._stack.append(tuple(self._pop(_TUPLES[name])))
        elif name in ("BINPUT", "LONG_BINPUT", "MEMOIZE"):
            self._memo[len(self._memo) if argument is None else argument] = self._stack[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            self._stack.append(self._memo[argument])
        elif name not in ("PROTO", "FRAME", "STOP"):
            self._compose(name, argument)

    def _compose(self, name: str, argument: Any) -> None:
        if name == "TUPLE":
            items = self._pop_to_mark()
            self._stack.append(tuple(items))
        elif name in ("SETITEM", "SETITEMS"):
            pairs = self._pop(2) if name == "SETITEM" else self._pop_to_mark()
            self._set_items(self._stack[-1], pairs)
        elif name in ("APPEND", "APPENDS"):
            items = self._pop(1) if name == "APPEND" else self._pop_to_mark()
            if not isinstance(self._stack[-1], list):
                raise ValueError("it appends to something that is not a list")
            self._stack[-1].extend(items)
        elif name == "GLOBAL":
            self._stack.append(self._name(*argument.split(" ", 1)))
        elif name == "STACK_GLOBAL":
            self._stack.append(self._name(*self._pop(2)))
        elif name == "BINPERSID":
            self._stack.append(self._storage(self._stack.pop()))
        elif name == "REDUCE":
            call, arguments = self._pop(2)
            self._stack.append(self._call(call, arguments))
        elif name == "BUILD":
            self._stack.pop()  # torch hangs version numbers on its dicts; nothing here needs them
            if not isinstance(self._stack[-1], dict):
                raise self._refused("a BUILD instruction on something that is not a dict")
        else:
            raise self._refused(f"the instruction {name}")

    def _pop(self, count: int) -> list[Any]:
        if len(self._stack) < count:
            raise IndexError("its stack runs empty")
        items = self._stack[-count:]
        del self._stack[-count:]
        return items

    def _pop_to_mark(self) -> list[Any]:
        if not self._below:
            raise IndexError("a mark is missing")
        items, self._stack = self._stack, self._below.pop()
        return items

    def _set_items(self, target: Any, pairs: list[Any]) -> None:
        if not isinstance(target, dict) or len(pairs) % 2:
            raise ValueError("it sets items of something that is not a dict")
        for key, value in zip(pairs[::2], pairs[1::2], strict=True):
            # Only plain keys: hashing a nested tuple can take exponential time.
            if not isinstance(key, (str, int)):
                raise self._refused("a dict key that is neither a string nor a number")
            target[key] = value

    def _name(self, module: Any, attribute: Any) -> _Name:
        if not isinstance(module, str) or not isinstance(attribute, str):
            raise self._refused("a name that is no text")
        path = f"{module}.{attribute}"
        if path in _CALLS or (module == "torch" and attribute in _STORAGES):
            return _Name(path)
        raise self._refused(f"the name {path[:200]!r}")

    def _storage(self, key: Any) -> Storage:
        if not isinstance(key, tuple) or len(key) < 5 or key[0] != "storage":
            raise self._refused("a persistent id that is not a tensor storage")
        _, kind, name, _, count, *rest = key
        if not isinstance(kind, _Name) or not kind.path.startswith("torch."):
            raise self._refused("a tensor storage without a type")
        if rest not in ([], [None]):
            raise self._refused("a storage that is a view of another storage")
        if not isinstance(name, str) or type(count) is not int or count < 0:
            raise ValueError("a storage's key or size is not valid")
        return Storage(name, _STORAGES[kind.path.removeprefix("torch.")], count)

    def _call(self, call: Any, arguments: Any) -> Any:
        if not isinstance(call, _Name) or not isinstance(arguments, tuple):
            raise self._refused("a call of something that is not a name")
        if call.path == "collections.OrderedDict" and not arguments:
            return {}
        if call.path == "torch._utils._rebuild_parameter" and len(arguments) == 3:
            return arguments[0]
        if call.path.startswith("torch._utils._rebuild_tensor") and len(arguments) >= 4:
            storage, offset, shape, stride = arguments[:4]
            if isinstance(storage, Storage):
                return Tensor(storage, offset, shape, stride)
        raise self._refused(f"a call of {call.path!r} in a form that torch does not write")

    def _refused(self, what: str) -> ModelError:
        return ModelError(
            f"{self._source}: the pickle holds {what}, which no state dict needs; it was refused "
            "and nothing in the file was executed.",
            "In PyTorch, save only the weights: torch.save(model.state_dict(), PATH).",
        )


_LITERALS = {
    *("BININT", "BININT1", "BININT2", "LONG1", "LONG4", "INT", "LONG", "BINFLOAT"),
    *("BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "BINSTRING", "SHORT_BINSTRING"),
}
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_EMPTY: dict[str, type] = {"EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_TUPLE": tuple}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
