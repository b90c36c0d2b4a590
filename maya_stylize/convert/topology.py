"""From Caffe's layer messages, V1 or V2, binary or text, to a chain of names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Union

from maya_stylize.convert.chain import assemble, fault
from maya_stylize.convert.layer_rules import check_convolution, check_relu, pool_kind
from maya_stylize.convert.network import Convolution, Layer, Network, Pool, PoolingOrigin
from maya_stylize.convert.schema import V1_TYPES
from maya_stylize.errors import ModelError

_INPUTS = {"Input", "Data", "ImageData", "HDF5Data", "MemoryData", "DummyData", "WindowData"}
_TOPS = {
    *("InnerProduct", "Flatten", "Softmax", "SoftmaxWithLoss", "Accuracy", "Silence", "ArgMax"),
    *("EuclideanLoss", "HingeLoss", "InfogainLoss", "MultinomialLogisticLoss", "ContrastiveLoss"),
    "SigmoidCrossEntropyLoss",
}
_TEST = 1
_CHAINS = "Only chains of 3x3 convolutions, ReLUs and 2x2 pools convert."


@dataclass(frozen=True)
class Filters:
    """A convolution without its weights.

    Attributes:
        name: As the file has it.
        count: Its `num_output`; None where the file leaves it out.
        bias: Whether it has a bias.
    """

    name: str
    count: int | None
    bias: bool


@dataclass(frozen=True)
class Topology:
    """A chain of convolutions and pools under the file's own names.

    Attributes:
        layers: In order from the picture up.
        tops: Names of the fully connected layers, and of what follows them; dropped.
    """

    layers: tuple[Union[Filters, Pool], ...]
    tops: tuple[str, ...]


@dataclass(frozen=True)
class _Step:
    """One layer message, V1 or V2, in V2's words."""

    name: str
    kind: str
    message: Any


def from_messages(path: Path, net: Any) -> Topology:
    """Return the chain that a NetParameter describes.

    Args:
        path: The file, for messages.
        net: A message of either schema, with V1 or V2 layers.

    Raises:
        ModelError: The layers are of the V0 dialect, not a chain, or of an unsupported kind.
    """
    walk = _Walk(path, _input_name(path, net))
    for step in _steps(path, net):
        walk.take(step)
    return walk.topology()


def to_network(
    path: Path,
    topology: Topology,
    weights: Callable[[Filters], Convolution],
    notes: list[str],
    pooling_origin: PoolingOrigin,
) -> Network:
    """Return the network of a topology, its convolutions looked up by name.

    Args:
        path: The file that holds the weights, for messages.
        topology: Which layers, in which order.
        weights: Returns a convolution with its weights, or raises a ModelError.
        notes: What was dropped on the way.
        pooling_origin: "stated" when the topology is a prototxt's.

    Raises:
        ModelError: As `weights` and `chain.assemble` do.
    """
    layers: list[Layer] = []
    for layer in topology.layers:
        if isinstance(layer, Pool):
            layers.append(layer)
            continue
        convolution = weights(layer)
        found = convolution.weight.shape[0]
        if layer.count is not None and layer.count != found:
            raise fault(
                path, layer.name, "num_output", f"{layer.count} filters named, {found} stored"
            )
        layers.append(convolution)
    return assemble(path, layers, notes, pooling_origin)


def layer_messages(path: Path, net: Any) -> Any:
    """Return the layer messages of a NetParameter, all V1 or all V2.

    Raises:
        ModelError: There are none, both kinds are there, they are of the V0 dialect, or a name is
            no text.
    """
    if net.layers and net.layer:
        raise ModelError(
            f"{path.name}: fields 'layers' (V1) and 'layer' (V2) are mixed.", "Use one dialect."
        )
    for layer in net.layers:
        if layer.HasField("layer"):
            raise fault(
                path,
                layer.layer.name or layer.name,
                "layers.layer",
                "this is Caffe's V0 dialect, which is not supported",
                "Upgrade the file with Caffe's upgrade_net_proto_binary or upgrade_net_proto_text.",
            )
    if not (net.layers or net.layer):
        raise ModelError(
            f"{path.name}: there is no Caffe layer in it.",
            "It is damaged or another kind of file; give a .caffemodel, .pth or Keras .h5 model.",
        )
    for layer in net.layers or net.layer:
        # The runtime hands over what is no UTF-8 as bytes; V1's type is a number.
        texts = (layer.name, *layer.bottom, *layer.top, layer.type if net.layer else "")
        if any(isinstance(text, bytes) for text in texts):
            raise ModelError(
                f"{path.name}: layer {layer.name!r} or what it is joined to has a name that is "
                "no text.",
                "It is damaged or not a Caffe model; get the file again.",
            )
    return net.layers or net.layer


def _steps(path: Path, net: Any) -> list[_Step]:
    steps = []
    for layer in layer_messages(path, net):
        if net.layer:
            kind = layer.type
        else:
            known = 0 <= layer.type < len(V1_TYPES)
            kind = V1_TYPES[layer.type] if known else f"number {layer.type}"
        if _at_test_time(layer):
            steps.append(_Step(layer.name, kind, layer))
    return steps


def _at_test_time(layer: Any) -> bool:
    def applies(rule: Any) -> bool:
        return not rule.HasField("phase") or rule.phase == _TEST

    if layer.include:
        return any(applies(rule) for rule in layer.include)
    return not any(rule.HasField("phase") and rule.phase == _TEST for rule in layer.exclude)


def _input_name(path: Path, net: Any) -> str | None:
    shapes = [list(shape.dim) for shape in net.input_shape]
    if net.input_dim:
        shapes = [list(net.input_dim)[:4]]
    for shape in shapes[:1]:
        _check_input(path, net.input[0] if net.input else "input", shape)
    return net.input[0] if net.input else None


def _check_input(path: Path, name: str, shape: list[int]) -> None:
    if len(shape) != 4 or shape[1] != 3:
        raise fault(path, name, "dim", f"the input {shape} is not a picture of 3 channels", _CHAINS)


class _Walk:
    """Follow the blobs' names from the picture up, one layer at a time."""

    def __init__(self, path: Path, blob: str | None) -> None:
        self._path = path
        self._blob = blob
        self._bare: str | None = None  # the convolution whose ReLU has not come yet
        self._layers: list[Union[Filters, Pool]] = []
        self._tops: list[str] = []
        self._aside: set[str] = set()  # labels, and what only comes from them

    def take(self, step: _Step) -> None:
        """Add one layer to the chain.

        Raises:
            ModelError: It does not continue the chain, or is of an unsupported kind.
        """
        if step.kind in _INPUTS:
            self._take_input(step)
        elif step.message.bottom and self._aside.issuperset(step.message.bottom):
            self._aside.update(step.message.top)
        elif self._tops or step.kind in _TOPS:
            if step.kind in ("Convolution", "Pooling"):
                raise self._fault(step, "bottom", f"it follows the top layer {self._tops[0]!r}")
            self._tops.append(step.name)
        else:
            self._follow(step)
            self._take_hidden(step)

    def topology(self) -> Topology:
        """Return the finished chain."""
        self._require_relu("nothing")
        return Topology(tuple(self._layers), tuple(self._tops))

    def _take_input(self, step: _Step) -> None:
        if self._layers:
            raise self._fault(step, "type", f"a second input ({step.kind}) is not supported")
        if not step.message.top:
            raise self._fault(step, "top", "an input without a name")
        if step.kind == "Input":
            for shape in step.message.input_param.shape[:1]:
                _check_input(self._path, step.name, list(shape.dim))
        self._blob = step.message.top[0]
        self._aside.update(step.message.top[1:])

    def _follow(self, step: _Step) -> None:
        bottoms, tops = list(step.message.bottom), list(step.message.top)
        if len(bottoms) != 1 or self._blob not in (None, bottoms[0]):
            raise self._fault(
                step, "bottom", f"{bottoms} does not continue the chain from {self._blob!r}"
            )
        if len(tops) != 1:
            raise self._fault(step, "top", f"{tops} is not one output")
        self._blob = tops[0]

    def _take_hidden(self, step: _Step) -> None:
        if step.kind == "Convolution":
            self._require_relu(step.name)
            self._bare = step.name
            parameters = step.message.convolution_param
            check_convolution(self._path, step.name, parameters)
            count = parameters.num_output if parameters.HasField("num_output") else None
            bias = parameters.bias_term or not parameters.HasField("bias_term")
            self._layers.append(Filters(step.name, count, bias))
        elif step.kind == "ReLU":
            check_relu(self._path, step.name, step.message.relu_param)
            if not any(isinstance(layer, Filters) for layer in self._layers):
                raise self._fault(step, "bottom", "a ReLU on the picture itself")
            self._bare = None
        elif step.kind == "Pooling":
            self._require_relu(step.name)
            kind = pool_kind(self._path, step.name, step.message.pooling_param)
            self._layers.append(Pool(step.name, kind))
        elif step.kind != "Dropout":  # which does nothing at test time
            raise self._fault(step, "type", f"{step.kind!r} is not supported")

    def _require_relu(self, follower: str) -> None:
        if self._bare is not None:
            raise fault(
                self._path,
                self._bare,
                "type",
                f"no ReLU follows this convolution, but {follower}",
                "The file may be cut short. " + _CHAINS,
            )

    def _fault(self, step: _Step, field: str, what: str) -> ModelError:
        return fault(self._path, step.name, field, what, _CHAINS)
