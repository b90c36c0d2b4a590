"""Pictures with ICC profiles: in every format, through reading and writing."""

from __future__ import annotations

import subprocess
import sys
import zlib

import cv2
import numpy as np
import OpenImageIO
import profile_writer as make
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from profile_writer import carried

from maya_stylize.images import color_config, reader, spaces, textures, writer
from maya_stylize.images.keep import Keep
from maya_stylize.images.probe import probe

RNG = np.random.default_rng(5)
# Within sRGB, so that a picture can say the same in both spaces.
SRGB = np.rint((0.15 + 0.7 * RNG.random((20, 28, 3))) * 65535) / 65535
FORMATS = ("png", "tif", "jpg")


def oiio(path, values, profile, depth="uint16"):
    """Write a file as another program would."""
    height, width, channels = values.shape
    spec = OpenImageIO.ImageSpec(width, height, channels, "uint8" if "jpg" in path.name else depth)
    if profile:
        held = OpenImageIO.TypeDesc(f"uint8[{len(profile)}]")
        spec.attribute("ICCProfile", held, np.frombuffer(profile, np.uint8))
    if path.suffix == ".jpg":
        spec.attribute("compression", "jpeg:100")
        spec.attribute("jpeg:subsampling", "4:4:4")
    output = OpenImageIO.ImageOutput.create(str(path))
    assert output.open(str(path), spec), output.geterror()
    assert output.write_image(np.ascontiguousarray(values, np.float32))
    assert output.close()
    return path


def adobe_numbers(srgb):
    """The same colors in Adobe RGB (1998), by the formulas."""
    matrix = np.linalg.inv(make.to_d50(make.ADOBE)) @ make.to_d50(make.REC709)
    return (make.srgb_light(srgb) @ matrix.T) ** (256 / 563)


def chunks(path):
    data, place = path.read_bytes(), 8
    while place < len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        yield data[place + 4 : place + 8]
        place += length + 12


@pytest.mark.parametrize("suffix", FORMATS)
def test_one_picture_in_adobe_rgb_and_in_srgb_is_seen_alike(tmp_path, suffix):
    srgb = np.repeat(np.repeat(SRGB, 8, 0), 8, 1)  # so that JPEG's blocks are flat
    first = oiio(tmp_path / f"a.{suffix}", srgb, make.srgb())
    second = oiio(tmp_path / f"b.{suffix}", adobe_numbers(srgb), make.adobe())
    one, other = reader.read(first), reader.read(second)
    assert (one.space.name, other.space.name) == ("sRGB", "AdobeRGB")
    assert probe(second).color_space == "AdobeRGB"
    # As light: JPEG's own steps are large on the curve of another space's dark channel.
    off = 0.025 if suffix == "jpg" else 2e-5
    for picture in (one, other):
        found, light = (make.srgb_light(values) for values in (picture.pixels, srgb))
        np.testing.assert_allclose(found, light, atol=off)
    # What is not looked at is far away.
    assert np.abs(reader.read(second, spaces.SRGB).pixels - srgb).max() * 255 > 10


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(
    "profile", [make.adobe(), make.rgb("P", make.to_d50(make.ROMM), make.gamma(1.8))]
)
@pytest.mark.parametrize("target", [*FORMATS, "tx"])
def test_numbers_and_profile_come_back(tmp_path, suffix, profile, target):
    source = oiio(tmp_path / f"a.{suffix}", SRGB, profile)
    picture = reader.read(source)
    result = tmp_path / f"b.{target}"
    writer.write(
        result, picture.pixels, depth=picture.depth, space=picture.space, keep=picture.keep
    )
    assert carried(result) == profile
    found = cv2.imread(str(result), cv2.IMREAD_UNCHANGED) if target in ("png", "tif") else None
    if found is not None and suffix != "jpg":
        np.testing.assert_allclose(found[..., ::-1] / 65535, SRGB, atol=2e-5)
    if target == "png":
        assert b"iCCP" in chunks(result)
        assert not {b"sRGB", b"gAMA", b"cHRM"} & set(chunks(result))


def test_a_psd_s_profile_is_found(tmp_path, build):
    planes = np.rint(adobe_numbers(SRGB) * 255).astype(np.uint8)
    resource = build.psd_resource(1039, make.adobe()) + build.psd_resource(
        1057, b"\0\0\0\1\1" + bytes(12)
    )
    data = build.psd(28, 20, planes.transpose(2, 0, 1).tobytes(), resources=resource)
    (tmp_path / "a.psd").write_bytes(data)
    picture = reader.read(tmp_path / "a.psd")
    assert picture.space.name == "AdobeRGB"
    matrix = np.linalg.inv(make.to_d50(make.REC709)) @ make.to_d50(make.ADOBE)
    light = np.clip((planes / 255) ** (563 / 256) @ matrix.T, 0, 1)
    np.testing.assert_allclose(make.srgb_light(picture.pixels), light, atol=1e-4)


@pytest.mark.parametrize("suffix", ["exr", "tga"])
def test_formats_without_profiles_get_none(tmp_path, suffix):
    picture = reader.read(oiio(tmp_path / "a.png", SRGB, make.adobe()))
    writer.write(tmp_path / f"b.{suffix}", picture.pixels, keep=picture.keep)
    assert carried(tmp_path / f"b.{suffix}") is None
    assert make.adobe()[128:] not in (tmp_path / f"b.{suffix}").read_bytes()


@pytest.mark.parametrize("suffix", FORMATS)
def test_gray_becomes_rgb_with_a_profile_of_the_same_curve(tmp_path, suffix):
    profile = make.gray("Gray Gamma 2.2", make.gamma(2.2))
    source = oiio(tmp_path / f"a.{suffix}", SRGB[..., :1], profile)
    picture = reader.read(source)
    assert picture.space.name == "gamma 2.2 Rec.709"
    writer.write(
        *(tmp_path / f"b.{suffix}", picture.pixels),
        depth=picture.depth,
        space=picture.space,
        keep=picture.keep,
    )
    again = reader.read(tmp_path / f"b.{suffix}")
    assert again.embedded.profile.description == "Gray Gamma 2.2"
    assert again.embedded.profile.colors == "RGB"
    assert again.by_profile
    assert again.space.name == "gamma 2.2 Rec.709"
    off = 0.02 if suffix == "jpg" else 1e-4
    np.testing.assert_allclose(again.pixels, picture.pixels, atol=off)


def test_a_profile_for_rgb_in_a_gray_png_is_found_where_libpng_passes_it_over(tmp_path, build):
    row = b"\0" + bytes(range(16))
    between = build.png_chunk(b"iCCP", b"name\0\0" + zlib.compress(make.adobe()))
    data = build.png(16, 16, row * 16, kind=0, between=between)
    (tmp_path / "a.png").write_bytes(data)
    assert carried(tmp_path / "a.png") is None
    assert reader.read(tmp_path / "a.png").space.name == "AdobeRGB"


def test_a_newer_word_in_a_png_goes_before_its_profile(tmp_path, build):
    between = build.png_chunk(b"cICP", bytes([12, 13, 0, 1])) + build.png_chunk(
        b"iCCP", b"name\0\0" + zlib.compress(make.adobe())
    )
    data = build.png(2, 2, bytes(14), between=between)
    (tmp_path / "a.png").write_bytes(data)
    picture = reader.read(tmp_path / "a.png")
    assert picture.space.name == "Display P3"
    assert not picture.by_profile
    assert picture.keep.profile == b""


@pytest.mark.parametrize(
    ("given", "kept"),
    [("AdobeRGB", True), ("g22_adobergb_scene", True), ("sRGB", False), ("Raw", False)],
)
def test_where_the_space_is_given_the_profile_goes_only_along_if_it_says_the_same(
    tmp_path, given, kept
):
    source = oiio(tmp_path / "a.png", SRGB, make.adobe())
    space = color_config.load(None).space(given)
    picture = reader.read(source, space)
    assert picture.space is space
    assert (picture.keep.profile == make.adobe()) == kept


def test_a_map_of_data_has_no_profile(tmp_path):
    picture = reader.read(oiio(tmp_path / "wall_normal.png", SRGB, make.adobe()))
    assert picture.space is spaces.RAW
    assert picture.keep.profile == b""
    assert picture.embedded is None


def test_a_picture_of_floats_is_what_its_profile_says(tmp_path):
    """As Photoshop writes 32 bits: linear light of the profile's primaries."""
    profile = make.rgb("Linear", make.to_d50(make.P3), make.gamma(1))
    wide = (4 * SRGB).astype(np.float32)
    picture = reader.read(oiio(tmp_path / "a.tif", wide, profile, "float"))
    assert picture.space.name == "scene-linear DCI-P3 D65"
    writer.write(
        *(tmp_path / "b.tif", picture.pixels),
        depth="float",
        space=picture.space,
        keep=picture.keep,
    )
    assert carried(tmp_path / "b.tif") == profile
    np.testing.assert_allclose(reader.numbers(tmp_path / "b.tif")[0], wide, rtol=1e-5)


def test_a_texture_for_rendering_keeps_it(tmp_path):
    source = oiio(tmp_path / "a.png", SRGB, make.adobe())
    textures.make(source, tmp_path / "a.tx", True)
    assert carried(tmp_path / "a.tx") == make.adobe()
    assert reader.read(tmp_path / "a.tx").space.name == "AdobeRGB"


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_largest_profile_goes_along(tmp_path, suffix):
    noise = np.random.default_rng(0).bytes((4 << 20) - 1000)
    profile = make.rgb("Big", make.to_d50(make.P3), make.gamma(3), (b"junk", noise))
    picture = reader.read(oiio(tmp_path / "a.tif", SRGB, profile))
    assert picture.by_profile
    writer.write(tmp_path / f"b.{suffix}", picture.pixels, space=picture.space, keep=picture.keep)
    assert carried(tmp_path / f"b.{suffix}") == profile


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(
    ("profile", "reason", "kept"),
    [
        (make.tables_only(), "it has tables only", True),
        (make.adobe()[:250], "it is cut short", False),
        (make.gray("x", make.gamma(2)), "it is for gray pictures", False),
        (make.profile([], colors=b"CMYK"), "it is for CMYK", False),
        (b"\0" * 400, "it is no ICC profile", False),
    ],
    ids=["tables", "cut", "gray", "inks", "zeros"],
)
def test_a_profile_that_is_of_no_use_leaves_the_numbers_as_they_are(
    tmp_path, build, suffix, profile, reason, kept
):
    path = tmp_path / f"a.{suffix}"
    if suffix == "png":  # libpng does not write such ones
        rows = b"".join(b"\0" + bytes([row] * 48) for row in range(16))
        between = build.png_chunk(b"iCCP", b"name\0\0" + zlib.compress(profile))
        path.write_bytes(build.png(16, 16, rows, between=between))
    else:
        oiio(path, SRGB, profile)
    picture = reader.read(path)
    assert picture.space is spaces.SRGB
    assert picture.embedded.reason == reason
    assert (picture.keep.profile == profile) == kept
    assert bool(picture.keep.profile) == kept


SHARED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@SHARED
@given(
    st.sampled_from(FORMATS),
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 255)), max_size=4),
    st.integers(1, 600),
)
def test_a_damaged_profile_in_a_file_is_a_space_or_a_reason(tmp_path, build, suffix, changes, end):
    damaged = bytearray(make.adobe())
    for place, value in changes:
        damaged[place % len(damaged)] = value
    data, path = bytes(damaged[:end]), tmp_path / f"a.{suffix}"
    if suffix == "png":
        between = build.png_chunk(b"iCCP", b"name\0\0" + zlib.compress(data))
        path.write_bytes(build.png(2, 2, bytes(14), between=between))
    else:
        oiio(path, SRGB, data)
    picture = reader.read(path)
    assert picture.embedded is not None
    assert (picture.embedded.space is None) == bool(picture.embedded.reason)
    assert np.isfinite(picture.pixels).all()


@pytest.mark.parametrize("chunk", [b"", b"name", b"name\0", b"name\0\0", b"name\0\0no deflate"])
def test_a_png_s_damaged_chunk(tmp_path, build, chunk):
    data = build.png(2, 2, bytes(14), between=build.png_chunk(b"iCCP", chunk))
    (tmp_path / "a.png").write_bytes(data)
    picture = reader.read(tmp_path / "a.png")
    assert picture.embedded.reason == "it is cut short"
    assert picture.space is spaces.SRGB


def test_a_bomb_of_a_profile_is_not_unpacked(tmp_path, build):
    packed = zlib.compress(make.adobe() + bytes(20 << 20), 9)
    data = build.png(2, 2, bytes(14), between=build.png_chunk(b"iCCP", b"name\0\0" + packed))
    (tmp_path / "a.png").write_bytes(data)
    picture = reader.read(tmp_path / "a.png")
    assert len(picture.embedded.profile.data) <= (4 << 20) + 1


WRITE_MANY = """
import sys
import numpy as np
import profile_writer as make
from maya_stylize.images import icc, reader, writer
from maya_stylize.images.keep import Keep

random, written = np.random.default_rng(0), 0
for number in range(400):
    source = [make.adobe(), make.srgb(), make.tables_only()][number % 3]
    damaged = bytearray(source)
    for place in random.integers(0, 240, 1 + number % 3):
        damaged[place] = random.integers(0, 256)
    profile = icc.parse(bytes(damaged))
    if profile.is_sound and profile.colors == "RGB":
        writer.write(sys.argv[1], np.zeros((2, 2, 3), np.float32), keep=Keep(profile=profile.data))
        assert reader.read(sys.argv[1]).embedded.profile.data == profile.data
        written += 1
print(written)
"""


def test_whatever_is_called_sound_can_be_written_to_a_png(tmp_path):
    """Another would end the process there, so this is tried in one of its own."""
    path = [*sys.path]
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; sys.path[:] = {path!r}\n{WRITE_MANY}",
            str(tmp_path / "a.png"),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 50


def test_an_unused_keep_writes_no_profile(tmp_path):
    writer.write(tmp_path / "a.png", SRGB.astype(np.float32), keep=Keep())
    assert b"iCCP" not in chunks(tmp_path / "a.png")
    assert b"sRGB" in chunks(tmp_path / "a.png")


@pytest.mark.parametrize("name", ["AdobeRGB", "ACEScg", "Raw"])
def test_a_png_in_another_space_does_not_claim_to_be_srgb(tmp_path, name):
    space = color_config.load(None).space(name)
    writer.write(tmp_path / "a.png", SRGB.astype(np.float32), space=space)
    assert not {b"sRGB", b"gAMA", b"iCCP"} & set(chunks(tmp_path / "a.png"))
