"""Any supported model file to one verified Keras `.h5`."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

from maya_stylize.convert import caffemodel, keras_h5, provenance, torch_pickle
from maya_stylize.convert import prototxt as prototxt_reader
from maya_stylize.convert.chain import fault, with_pooling
from maya_stylize.convert.fingerprint import fingerprint, identity, notice
from maya_stylize.convert.network import Convolution, Network
from maya_stylize.convert.provenance import Provenance
from maya_stylize.convert.sniff import sniff
from maya_stylize.convert.topology import Filters, Topology, to_network
from maya_stylize.errors import ModelError
from maya_stylize.files import replacing, sha256, unwritable


def convert(source: Path, output: Path, prototxt: Path | None = None) -> Provenance:
    """Convert a model to a Keras `.h5` and verify it by reading it back.

    Args:
        source: A `.caffemodel`, a torch state dict or a Keras `.h5`; told apart by content.
        output: The `.h5` to write; replaced only once the new file is whole and verified.
        prototxt: Caffe's description of the network; where given, it decides the topology and
            the kind of pooling, and layers are matched by name.

    Returns:
        What was written, as the file's attributes say it.

    Raises:
        ModelError: The source cannot be read or converted, or the output cannot be written.
    """
    check_output(output, source, *([prototxt] if prototxt else []))
    network = read(source, prototxt)
    origin = provenance.describe(
        network, source.name, sha256(source), inherited_notice(source, network)
    )
    return save(network, origin, output)


def read(source: Path, prototxt: Path | None = None) -> Network:
    """Return the network in a model file of any supported kind.

    The known normalized network gets the average pooling that its authors publish it with,
    unless a prototxt or an earlier conversion states another.

    Raises:
        ModelError: The file cannot be read or holds another kind of network.
    """
    chain = None if prototxt is None else prototxt_reader.read(prototxt)
    kind = sniff(source)
    if kind == "caffe":
        return _settle_pooling(caffemodel.read(source, chain))
    network = torch_pickle.read(source) if kind == "torch" else keras_h5.read(source)
    return _settle_pooling(network if chain is None else _rearranged(source, network, chain))


def save(network: Network, origin: Provenance, output: Path) -> Provenance:
    """Write a network whole or not at all, and verify the file by its fingerprint.

    Raises:
        ModelError: The output cannot be written, or what is read back differs.
    """
    with replacing(output, ModelError) as temporary:
        keras_h5.write(temporary, network, origin)
        if fingerprint(keras_h5.read(temporary)) != origin.fingerprint:
            raise ModelError(
                f"{output}: what was written does not read back as the same network.",
                "Check the disk, then convert again.",
            )
    return origin


def check_output(output: Path, *sources: Path) -> None:
    """Refuse an output that Keras could not load, or that is one of the sources.

    Raises:
        ModelError: The name does not end in .h5, ends in .weights.h5, or is a source's; or no file
            can be made there.
    """
    if output.suffix != ".h5" or output.name.endswith(".weights.h5"):
        raise ModelError(
            f"Cannot write {output}: the name must end in .h5, and not in .weights.h5.",
            "Keras takes a name ending in .weights.h5 for another format.",
        )
    for source in sources:
        if _same(output, source):
            raise ModelError(
                f"Cannot write {output}: it is the source {source.name}.",
                "Choose another name for the output.",
            )
    try:
        if not output.parent.is_dir():
            raise ModelError(
                f"Cannot write {output}: {output.parent} is no folder.",
                "Make the folder, or choose another one.",
            )
        if output.is_dir():
            raise ModelError(f"Cannot write {output}: it is a folder.", "Choose another name.")
        tempfile.TemporaryFile(dir=output.parent).close()
    except OSError as error:
        raise unwritable(output, error, ModelError) from error


def inherited_notice(source: Path, network: Network) -> str:
    """Return the license notice that goes with a source: by its fingerprint, or written in it."""
    prior = keras_h5.read_provenance(source) if sniff(source) == "keras" else None
    return (prior.notice if prior else "") or notice(fingerprint(network))


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there
        return False


def _rearranged(source: Path, network: Network, chain: Topology) -> Network:
    """Return the network's convolutions in a prototxt's chain, matched by Caffe's names."""
    by_name = {layer.name: layer for layer in network.convolutions}

    def weights(layer: Filters) -> Convolution:
        if layer.name not in by_name:
            names = f"{network.convolutions[0].name} to {network.convolutions[-1].name}"
            raise fault(
                source,
                layer.name,
                "name",
                "the prototxt names it, the model does not have it",
                f"The model's convolutions are called {names}.",
            )
        return by_name[layer.name]

    return to_network(source, chain, weights, list(network.notes), "stated")


def _settle_pooling(network: Network) -> Network:
    """Give the known network its published pooling, and say where a kind was assumed."""
    if network.pooling_origin == "stated" or not network.pools:
        return network
    known = identity(fingerprint(network), network.blocks)
    if known and any(pool.kind != "average" for pool in network.pools):
        network = with_pooling(network, "average")
        note = f"Average pooling was set, with which the {known} is published."
    elif not known and network.pooling_origin == "assumed":
        note = "The file does not say which pooling it was trained with; max is taken."
    else:
        return network
    return dataclasses.replace(network, notes=(*network.notes, note))
