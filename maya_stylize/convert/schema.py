"""The part of Caffe's messages that a VGG needs, for the protobuf runtime.

The descriptors are made at run time in a pool of their own, so there is no generated code and
no clash with another program's Caffe messages in the same process.

The binary schema declares the float fields of a blob as `repeated bytes`. A packed field then
arrives as one block of memory instead of twenty million numbers. Floats that were written unpacked
do not fit that declaration and are kept as unknown fields; `unpacked_values` picks them up.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_PACKAGE = "maya_stylize.caffe"
_FIELD = descriptor_pb2.FieldDescriptorProto

# Message -> field -> (number, type); a star marks repeated fields, a capital a message or an enum.
_MESSAGES: dict[str, dict[str, tuple[int, str]]] = {
    "NetParameter": {
        "name": (1, "string"),
        "layers": (2, "V1LayerParameter*"),
        "input": (3, "string*"),
        "input_dim": (4, "int32*"),
        "input_shape": (8, "BlobShape*"),
        "layer": (100, "LayerParameter*"),
    },
    "V1LayerParameter": {
        "layer": (1, "V0LayerParameter"),
        "bottom": (2, "string*"),
        "top": (3, "string*"),
        "name": (4, "string"),
        "type": (5, "V1LayerType"),
        "blobs": (6, "BlobProto*"),
        "convolution_param": (10, "ConvolutionParameter"),
        "pooling_param": (19, "PoolingParameter"),
        "relu_param": (30, "ReLUParameter"),
        "include": (32, "NetStateRule*"),
        "exclude": (33, "NetStateRule*"),
    },
    "LayerParameter": {
        "name": (1, "string"),
        "type": (2, "string"),
        "bottom": (3, "string*"),
        "top": (4, "string*"),
        "blobs": (7, "BlobProto*"),
        "include": (8, "NetStateRule*"),
        "exclude": (9, "NetStateRule*"),
        "convolution_param": (106, "ConvolutionParameter"),
        "pooling_param": (121, "PoolingParameter"),
        "relu_param": (123, "ReLUParameter"),
        "input_param": (143, "InputParameter"),
    },
    "V0LayerParameter": {"name": (1, "string"), "type": (2, "string")},
    "ConvolutionParameter": {
        "num_output": (1, "uint32"),
        "bias_term": (2, "bool"),
        "pad": (3, "uint32*"),
        "kernel_size": (4, "uint32*"),
        "group": (5, "uint32"),
        "stride": (6, "uint32*"),
        "pad_h": (9, "uint32"),
        "pad_w": (10, "uint32"),
        "kernel_h": (11, "uint32"),
        "kernel_w": (12, "uint32"),
        "stride_h": (13, "uint32"),
        "stride_w": (14, "uint32"),
        "axis": (16, "int32"),
        "dilation": (18, "uint32*"),
    },
    "PoolingParameter": {
        "pool": (1, "PoolMethod"),
        "kernel_size": (2, "uint32"),
        "stride": (3, "uint32"),
        "pad": (4, "uint32"),
        "kernel_h": (5, "uint32"),
        "kernel_w": (6, "uint32"),
        "stride_h": (7, "uint32"),
        "stride_w": (8, "uint32"),
        "pad_h": (9, "uint32"),
        "pad_w": (10, "uint32"),
        "global_pooling": (12, "bool"),
        "round_mode": (13, "RoundMode"),
    },
    "ReLUParameter": {"negative_slope": (1, "float")},
    "InputParameter": {"shape": (1, "BlobShape*")},
    "NetStateRule": {"phase": (1, "Phase")},
    "BlobShape": {"dim": (1, "int64*")},
}
_BLOB_DIMENSIONS = {
    "num": (1, "int32"),
    "channels": (2, "int32"),
    "height": (3, "int32"),
    "width": (4, "int32"),
    "shape": (7, "BlobShape"),
}
_BLOCKS = {"data": (5, "bytes*"), "double_data": (8, "bytes*")}
_VALUES = {"data": (5, "float*"), "double_data": (8, "double*")}

V1_TYPES = (
    *("None", "Accuracy", "BNLL", "Concat", "Convolution", "Data", "Dropout", "EuclideanLoss"),
    *("Flatten", "HDF5Data", "HDF5Output", "Im2col", "ImageData", "InfogainLoss", "InnerProduct"),
    *("LRN", "MultinomialLogisticLoss", "Pooling", "ReLU", "Sigmoid", "Softmax", "SoftmaxWithLoss"),
    *("Split", "TanH", "WindowData", "Eltwise", "Power", "SigmoidCrossEntropyLoss", "HingeLoss"),
    *("MemoryData", "ArgMax", "Threshold", "DummyData", "Slice", "MVN", "AbsVal", "Silence"),
    *("ContrastiveLoss", "Exp", "Deconvolution"),
)
"""V2's names of the layer kinds in the order of V1's numbers."""

_V1_TEXT = (
    *("NONE", "ACCURACY", "BNLL", "CONCAT", "CONVOLUTION", "DATA", "DROPOUT", "EUCLIDEAN_LOSS"),
    *("FLATTEN", "HDF5_DATA", "HDF5_OUTPUT", "IM2COL", "IMAGE_DATA", "INFOGAIN_LOSS"),
    *("INNER_PRODUCT", "LRN", "MULTINOMIAL_LOGISTIC_LOSS", "POOLING", "RELU", "SIGMOID", "SOFTMAX"),
    *("SOFTMAX_LOSS", "SPLIT", "TANH", "WINDOW_DATA", "ELTWISE", "POWER"),
    *("SIGMOID_CROSS_ENTROPY_LOSS", "HINGE_LOSS", "MEMORY_DATA", "ARGMAX", "THRESHOLD"),
    *("DUMMY_DATA", "SLICE", "MVN", "ABSVAL", "SILENCE", "CONTRASTIVE_LOSS", "EXP"),
    *("DECONVOLUTION",),
)
_ENUMS = {
    "V1LayerType": _V1_TEXT,
    "PoolMethod": ("MAX", "AVE", "STOCHASTIC"),
    "RoundMode": ("CEIL", "FLOOR"),
    "Phase": ("TRAIN", "TEST"),
}


def _pool(blob: dict[str, tuple[int, str]], named_enums: bool) -> descriptor_pool.DescriptorPool:
    """Return the messages with the given blob fields.

    Text needs the enums' names. In binary they are plain numbers: the runtime would drop a number
    that it has no name for, and a default would silently take its place.
    """
    file = descriptor_pb2.FileDescriptorProto(
        name="maya_stylize/caffe.proto", package=_PACKAGE, syntax="proto2"
    )
    for name, values in _ENUMS.items():
        enum = file.enum_type.add(name=name)
        for number, value in enumerate(values):
            enum.value.add(name=value, number=number)
    for name, fields in {**_MESSAGES, "BlobProto": {**_BLOB_DIMENSIONS, **blob}}.items():
        message = file.message_type.add(name=name)
        for field, (number, kind) in fields.items():
            _add_field(message, field, number, kind, named_enums)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return pool


def _add_field(message: Any, name: str, number: int, kind: str, named_enums: bool) -> None:
    base = kind.rstrip("*")
    label = _FIELD.LABEL_REPEATED if kind.endswith("*") else _FIELD.LABEL_OPTIONAL
    field = message.field.add(name=name, number=number, label=label)
    if base in _ENUMS and not named_enums:
        base = "int32"
    if base in _ENUMS:
        field.type, field.type_name = _FIELD.TYPE_ENUM, f".{_PACKAGE}.{base}"
    elif base[0].isupper():
        field.type, field.type_name = _FIELD.TYPE_MESSAGE, f".{_PACKAGE}.{base}"
    else:
        field.type = getattr(_FIELD, f"TYPE_{base.upper()}")
        field.options.packed = kind in ("float*", "double*")


def _message(pool: descriptor_pool.DescriptorPool, name: str) -> Any:
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}"))


_BINARY = _pool(_BLOCKS, named_enums=False)
TEXT_POOL = _pool({}, named_enums=True)

BinaryNet: Any = _message(_BINARY, "NetParameter")
TextNet: Any = _message(TEXT_POOL, "NetParameter")
_Blob: Any = _message(_BINARY, "BlobProto")
_Values: Any = _message(_pool(_VALUES, named_enums=False), "BlobProto")


def unpacked_values(rest: bytes) -> Any:
    """Return the blob whose floats were written one by one, as if they had been packed.

    Args:
        rest: A serialized blob without its packed floats.
    """
    return _Blob.FromString(_Values.FromString(rest).SerializeToString())
