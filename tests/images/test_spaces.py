"""Color spaces, against formulas in float64 and against OpenColorIO's own processors."""

from __future__ import annotations

import sys

import numpy as np
import OpenImageIO
import PyOpenColorIO
import pytest

from maya_stylize.errors import ImageError
from maya_stylize.images import color_config, masks, reader, space_names, spaces, writer

RNG = np.random.default_rng(3)
COLORS = RNG.random((16, 16, 3), dtype=np.float32)

# xy of red, green, blue and white; what follows is SMPTE RP 177 and Bradford's adaptation.
REC709 = (0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329)
AP1 = (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767)
AP0 = (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767)
P3 = (0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.3127, 0.329)
REC2020 = (0.708, 0.292, 0.17, 0.797, 0.131, 0.046, 0.3127, 0.329)
ADOBE = (0.64, 0.33, 0.21, 0.71, 0.15, 0.06, 0.3127, 0.329)
BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


def xyz(x, y):
    return np.array([x / y, 1, (1 - x - y) / y])


def to_xyz(primaries):
    columns = np.stack([xyz(*primaries[at : at + 2]) for at in (0, 2, 4)], 1)
    return columns * np.linalg.solve(columns, xyz(*primaries[6:]))


def to_rec709(primaries):
    """The matrix of linear light from primaries to those of Rec.709, in float64."""
    source, target = (BRADFORD @ xyz(*each[6:]) for each in (primaries, REC709))
    adapted = np.linalg.inv(BRADFORD) @ np.diag(target / source) @ BRADFORD
    return np.linalg.inv(to_xyz(REC709)) @ adapted @ to_xyz(primaries)


def curve(linear):
    """The sRGB curve, mirrored below 0, in float64."""
    size = np.abs(linear)
    return np.sign(linear) * np.where(
        size <= 0.0031308, 12.92 * size, 1.055 * size ** (1 / 2.4) - 0.055
    )


def line(values):
    return values


def gamma(exponent):
    return lambda values: values**exponent


def srgb_light(values):
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


FORMULAS = [
    ("sRGB", REC709, srgb_light),
    ("scene-linear Rec.709-sRGB", REC709, line),
    ("ACEScg", AP1, line),
    ("ACES2065-1", AP0, line),
    ("scene-linear DCI-P3 D65", P3, line),
    ("scene-linear Rec.2020", REC2020, line),
    ("gamma 1.8 Rec.709", REC709, gamma(1.8)),
    ("gamma 2.2 Rec.709", REC709, gamma(2.2)),
    ("gamma 2.4 Rec.709", REC709, gamma(2.4)),
    ("AdobeRGB", ADOBE, gamma(563 / 256)),
    ("Display P3", P3, srgb_light),
]


@pytest.mark.parametrize(
    ("name", "primaries", "light"), FORMULAS, ids=lambda value: str(value)[:12]
)
def test_the_network_sees_what_the_formulas_say(name, primaries, light):
    found = color_config.load(None).space(name).into(COLORS)
    expected = curve(light(COLORS.astype(np.float64)) @ to_rec709(primaries).T)
    # Near black a gamut's edge is steep: a millionth of light is more on the curve.
    np.testing.assert_allclose(found, expected, atol=2e-4 if name == "AdobeRGB" else 3e-5)


CONFIG = """ocio_profile_version: 2

roles:
  default: house
  aces_interchange: ap0
  scene_linear: ap0

displays:
  screen:
    - !<View> {name: plain, colorspace: house}

colorspaces:
  - !<ColorSpace>
    name: ap0
    encoding: scene-linear

  - !<ColorSpace>
    name: house
    from_scene_reference: !<GroupTransform>
      children:
        - !<MatrixTransform> {matrix: [0.5, 0.1, 0, 0, 0, 0.5, 0.2, 0, 0.1, 0, 0.5, 0, 0, 0, 0, 1]}
        - !<ExponentTransform> {value: [2, 2, 2, 1], direction: inverse, style: mirror}

  - !<ColorSpace>
    name: Utility - sRGB - Texture
    to_scene_reference: !<GroupTransform>
      children:
        - !<ExponentWithLinearTransform>
          gamma: [2.4, 2.4, 2.4, 1]
          offset: [0.055, 0.055, 0.055, 0]
        - !<MatrixTransform> {matrix: REC709_TO_AP0}

  - !<ColorSpace>
    name: numbers
    isdata: true

  - !<ColorSpace>
    name: one way
    to_scene_reference: !<FileTransform> {src: missing.spi3d}
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "studio.ocio"
    matrix = np.eye(4)
    matrix[:3, :3] = np.linalg.inv(to_rec709(AP0))
    path.write_text(CONFIG.replace("REC709_TO_AP0", str(matrix.ravel().tolist())))
    return str(path)


@pytest.mark.parametrize("name", ["house", "HOUSE", "ap0", "scene_linear", "ACES2065-1"])
def test_a_studio_s_space_is_what_opencolorio_makes_of_it(config, name):
    if name == "ACES2065-1":  # not there by that name, and ap0 is no name that others use
        with pytest.raises(ImageError, match=r"studio.ocio has no color space 'ACES2065-1'"):
            color_config.load(config).space(name)
        return
    space = color_config.load(config).space(name)
    theirs = PyOpenColorIO.Config.CreateFromFile(config)
    processor = theirs.getProcessor(name, "ap0").getOptimizedCPUProcessor(
        PyOpenColorIO.BIT_DEPTH_F32, PyOpenColorIO.BIT_DEPTH_F32, PyOpenColorIO.OPTIMIZATION_NONE
    )
    reference = np.array(COLORS)
    processor.applyRGB(reference)
    expected = curve(reference.astype(np.float64) @ to_rec709(AP0).T)
    np.testing.assert_allclose(space.into(COLORS), expected, atol=5e-5)
    np.testing.assert_allclose(space.back(space.into(COLORS)), COLORS, atol=5e-5)


@pytest.mark.parametrize(
    "name", ["sRGB", "sRGB - Texture", "srgb_rec709_scene", "utility - srgb - texture"]
)
def test_one_name_finds_another_of_the_same_space_and_srgb_stays_bit_for_bit(config, name):
    space = color_config.load(config).space(name)
    assert space.is_like(spaces.SRGB)
    assert space.into(COLORS).tobytes() == COLORS.tobytes()


def test_data_is_taken_as_it_is(config):
    space = color_config.load(config).space("numbers")
    assert space.is_data
    assert space.into(50 * COLORS).tobytes() == (50 * COLORS).tobytes()


def test_a_name_that_is_not_there_is_told_with_near_ones(config):
    with pytest.raises(ImageError) as caught:
        color_config.load(config).space("hose")
    assert caught.value.message == f"{config} has no color space 'hose'; near ones are house."
    with pytest.raises(ImageError, match=r"near ones are ACEScg, .*ACEScct") as caught:
        color_config.load(None).space("ACESgc")
    with pytest.raises(ImageError, match=r"it has ap0, house, "):
        color_config.load(config).space("???")


def test_a_space_that_needs_a_missing_file_is_refused(config):
    with pytest.raises(ImageError, match=r"converted from one way: .*missing.spi3d"):
        color_config.load(config).space("one way")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no such color config"),
        (b"", "cannot be used as a color config"),
        (b"hello: [", "cannot be used as a color config"),
        (b"\x89PNG\r\n\x1a\n\0\0", "cannot be used as a color config"),
        (b"ocio_profile_version: 99\n", "cannot be used as a color config"),
    ],
)
def test_a_config_that_is_none(tmp_path, content, message):
    path = tmp_path / "bad.ocio"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ImageError, match=message) as caught:
        color_config.load(str(path))
    assert str(path) in caught.value.message
    assert caught.value.hint


def test_a_built_in_config_is_found_by_its_name():
    found = color_config.load("ocio://cg-config-v1.0.0_aces-v1.3_ocio-v2.1").space("lin_rec709")
    assert found.is_like(spaces.LINEAR)
    with pytest.raises(ImageError, match="ocio://nothing"):
        color_config.load("ocio://nothing")


def test_every_name_of_the_table_is_a_space_of_the_built_in_config():
    config = color_config.load(None)
    theirs = PyOpenColorIO.Config.CreateFromFile(color_config.BUILT_IN)
    for key, names in space_names._NAMES.items():
        meant = theirs.getColorSpace("Raw" if key == "data" else key)
        assert meant.getInteropID() == key
        for name in names:
            assert space_names.identifier(f" {name.upper()} ") == key
            other = theirs.getColorSpace(name)
            assert other is None or other.getName() == meant.getName(), name
            assert config.space(name).is_data == (key == "data")


def test_without_opencolorio_one_is_told_what_to_install(monkeypatch):
    """As in an environment that an earlier version's installer made; sRGB needs none."""
    monkeypatch.setitem(sys.modules, "PyOpenColorIO", None)
    config = color_config.ColorConfig(color_config.BUILT_IN)
    assert config.space("sRGB").into(COLORS) is COLORS
    with pytest.raises(ImageError, match="OpenColorIO is not installed") as caught:
        config.space("ACEScg")
    assert "pip install opencolorio" in caught.value.hint


def write_exr(path, values, **attributes):
    spec = OpenImageIO.ImageSpec(values.shape[1], values.shape[0], values.shape[2], "float")
    for name, value in attributes.items():
        if name == "chromaticities":
            spec.attribute(name, OpenImageIO.TypeDesc("float[8]"), value)
        else:
            spec.attribute(name.replace("__", ":"), value)
    output = OpenImageIO.ImageOutput.create(str(path))
    assert output.open(str(path), spec)
    assert output.write_image(values)
    output.close()


@pytest.mark.parametrize(
    ("primaries", "name"),
    [
        (AP1, "ACEScg"),
        (AP0, "ACES2065-1"),
        (P3, "scene-linear DCI-P3 D65"),
        (REC709, "scene-linear Rec.709-sRGB"),
        (ADOBE, "scene-linear Rec.709-sRGB"),
    ],
)
def test_an_exr_s_primaries_tell_its_space(tmp_path, primaries, name):
    write_exr(tmp_path / "a.exr", COLORS, chromaticities=primaries)
    picture = reader.read(tmp_path / "a.exr")
    assert picture.space.name == name
    known = REC709 if primaries is ADOBE else primaries
    expected = curve(COLORS.astype(np.float64) @ to_rec709(known).T)
    np.testing.assert_allclose(picture.pixels, expected, atol=3e-5)


def test_what_is_given_goes_before_what_the_file_says(tmp_path):
    write_exr(tmp_path / "a.exr", COLORS, oiio__ColorSpace="lin_ap1_scene")
    assert reader.read(tmp_path / "a.exr").space.name == "ACEScg"
    given = reader.read(tmp_path / "a.exr", spaces.RAW)
    assert given.pixels.tobytes() == COLORS.tobytes()


def test_a_map_of_data_by_its_name_is_raw(tmp_path):
    for name in ("wall_normal.exr", "Wall_Height_2K.exr", "rusty_metal.exr"):
        write_exr(tmp_path / name, COLORS)
    assert reader.read(tmp_path / "wall_normal.exr").pixels.tobytes() == COLORS.tobytes()
    assert reader.read(tmp_path / "Wall_Height_2K.exr").space.is_data
    assert reader.read(tmp_path / "rusty_metal.exr").space is spaces.LINEAR


def test_a_mask_of_floats_is_what_its_numbers_are(tmp_path):
    gray = np.repeat(COLORS[..., :1], 3, -1)
    write_exr(tmp_path / "m.exr", gray, oiio__ColorSpace="lin_ap1_scene")
    found = masks.read(tmp_path / "m.exr", (16, 16), "the picture has")
    np.testing.assert_allclose(found, gray[..., 0], atol=1e-7)


@pytest.mark.parametrize("name", [name for name, *_ in FORMULAS])
@pytest.mark.parametrize(("suffix", "depth"), [("png", "uint16"), ("exr", "float")])
def test_what_is_written_comes_back_in_the_file_s_own_numbers(tmp_path, name, suffix, depth):
    space = color_config.load(None).space(name)
    whole = np.rint(COLORS * 65535) / 65535
    source, result = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    writer.write(source, whole.astype(np.float32), depth=depth, space=spaces.RAW)
    picture = reader.read(source, space)
    writer.write(result, picture.pixels, depth=depth, space=space)
    before, after = (reader.numbers(path)[0] for path in (source, result))
    unit = 65535.0 if suffix == "png" else 1.0
    worst = np.abs(before.astype(np.float64) - after).max() / unit
    assert worst <= (1e-3 if name == "AdobeRGB" else 1e-6)
    if name == "sRGB":
        assert worst == 0


@pytest.mark.parametrize(
    ("suffix", "name", "told"),
    [
        ("png", "gamma 2.2 Rec 709", "gamma 2.2 Rec.709"),
        ("tga", "gamma 1.8 Rec.709", "gamma 1.8 Rec.709"),
        ("png", "Display P3", "Display P3"),
        ("png", "ACEScg", "sRGB"),  # better than a wrong word
        ("tga", "AdobeRGB", "sRGB"),
        ("jpg", "gamma 2.2 Rec.709", "sRGB"),
        ("tif", "gamma 2.2 Rec.709", "sRGB"),
        ("exr", "AdobeRGB", "AdobeRGB"),
        ("exr", "Raw", "Raw"),
    ],
)
def test_what_a_format_can_tell_of_its_space(tmp_path, suffix, name, told):
    space = color_config.load(None).space(name)
    writer.write(tmp_path / f"a.{suffix}", COLORS, space=space)
    assert reader.read(tmp_path / f"a.{suffix}").space.name == told


def test_another_name_of_srgb_leaves_the_bytes_as_they_are(tmp_path):
    space = color_config.load(None).space("Utility - sRGB - Texture")
    for suffix in ("png", "tif", "jpg", "tga"):
        writer.write(tmp_path / f"a.{suffix}", COLORS)
        writer.write(tmp_path / f"b.{suffix}", COLORS, space=space)
        one, other = ((tmp_path / f"{name}.{suffix}").read_bytes() for name in "ab")
        assert one == other


def test_values_beyond_what_a_space_can_mean_are_told(tmp_path):
    write_exr(tmp_path / "a.exr", 100 * COLORS)
    space = color_config.load(None).space("ACEScct")
    with pytest.raises(ImageError, match=r"a.exr: values up to .* too large .* ACEScct"):
        reader.read(tmp_path / "a.exr", space)
