from __future__ import annotations

import dataclasses

import numpy as np
from networks import random_network

from maya_stylize.convert.fingerprint import ACADEMIC_NOTICE, NORMALIZED_VGG19, fingerprint, notice
from maya_stylize.convert.network import Convolution, Network, Pool


def test_fingerprint_of_a_network_written_out_by_hand():
    # sha256 of 27 zeros and 1.0 as little-endian float32, taken with another program.
    layer = Convolution("c", np.zeros((1, 3, 3, 3), "f4"), np.ones(1, "f4"))
    assert fingerprint(Network((layer, Pool("p", "max")))) == HAND


HAND = "e2ff02173cff7e2574d5db909790ba7fae45f143e2d3a8c135cf1b30afaf713f"


def test_memory_order_and_byte_order_do_not_matter():
    network = random_network((2, 1))
    other = Network(
        tuple(
            dataclasses.replace(
                layer, weight=np.asfortranarray(layer.weight.astype(">f4")), name="x"
            )
            for layer in network.convolutions
        )
    )
    assert fingerprint(other) == fingerprint(network)


def test_every_value_and_the_order_matter():
    network = random_network((1, 1, 1), widest=3, seed=4)
    values = {fingerprint(network)}
    for index, layer in enumerate(network.layers):
        if isinstance(layer, Convolution):
            bias = layer.bias.copy()
            bias[-1] = np.nextafter(bias[-1], np.float32(9))
            layers = list(network.layers)
            layers[index] = dataclasses.replace(layer, bias=bias)
            values.add(fingerprint(Network(tuple(layers))))
    values.add(fingerprint(Network(network.layers[::-1])))
    assert len(values) == 5


def test_only_the_academic_weights_carry_the_notice():
    assert notice(NORMALIZED_VGG19) == ACADEMIC_NOTICE
    assert notice("0" * 64) == ""
