"""Scene-linear pictures on the screen, against OpenColorIO's own view transforms."""

from __future__ import annotations

import numpy as np
import OpenImageIO
import PyOpenColorIO
import pytest

from maya_stylize import settings
from maya_stylize.errors import ImageError
from maya_stylize.images import color_config, reader
from maya_stylize.images.color import linear_to_srgb
from maya_stylize.worker.thumbnails import thumbnail

CONFIG = """ocio_profile_version: 2
roles: {scene_linear: light, default: light, aces_interchange: ap0}
displays:
  wall: [!<View> {name: dim, colorspace: projected}, !<View> {name: plain, colorspace: light}]
  other: [!<View> {name: plain, colorspace: light}]
colorspaces:
  - !<ColorSpace>
    name: ap0
    to_scene_reference: !<MatrixTransform>
      {matrix: [0.8, 0.1, 0.1, 0, 0.2, 0.8, 0, 0, 0, 0.1, 0.9, 0, 0, 0, 0, 1]}
  - !<ColorSpace> {name: light}
  - !<ColorSpace>
    name: projected
    from_scene_reference: !<ExponentTransform> {value: 3, direction: inverse}
  - !<ColorSpace>
    name: painted
    to_scene_reference: !<ExponentTransform> {value: 2.4}
"""


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv(settings.HOME_VARIABLE, str(tmp_path / "home"))


@pytest.fixture(params=["a file", "ocio://cg-config-v1.0.0_aces-v1.3_ocio-v2.1"])
def config(request, tmp_path):
    """A config with a view of its own and no Rec.709, and one with ACES's tone curve."""
    if request.param.startswith("ocio"):
        return request.param
    path = tmp_path / "studio.ocio"
    path.write_text(CONFIG)
    return str(path)


def light(path):
    """Write a picture of light up to 4; return it as the file has it."""
    values = np.random.default_rng(0).random((24, 32, 3), dtype=np.float32) ** 2 * 4
    output = OpenImageIO.ImageOutput.create(str(path))
    assert output.open(str(path), OpenImageIO.ImageSpec(32, 24, 3, "float"))
    assert output.write_image(values)
    output.close()
    return values


def theirs(config, space, values):
    loaded = PyOpenColorIO.Config.CreateFromFile(config)
    display = loaded.getDefaultDisplay()
    view = PyOpenColorIO.DisplayViewTransform(space, display, loaded.getDefaultView(display))
    shown = values.copy()
    loaded.getProcessor(view).getDefaultCPUProcessor().applyRGB(shown.reshape(-1))
    return np.clip(shown, 0, 1)


def test_light_is_seen_by_the_default_view(config, tmp_path):
    values = light(tmp_path / "a.exr")
    space = "ACEScg" if config.startswith("ocio") else "light"
    wanted = theirs(config, space, values)
    small = reader.read(thumbnail(tmp_path / "a.exr", 64, space, config)).pixels
    assert np.abs(small - wanted).max() < 1.1 / 255
    if space == "ACEScg":
        space = "scene-linear Rec.709-sRGB"
        plain = reader.read(thumbnail(tmp_path / "a.exr", 64, space, None)).pixels
        assert np.abs(plain - np.clip(linear_to_srgb(values), 0, 1)).max() < 1.1 / 255
        viewed = reader.read(thumbnail(tmp_path / "a.exr", 64, space, config)).pixels
        # A tone curve; plainly, much is burnt out.
        assert (viewed == 1).mean() < 0.1 < 0.3 < (plain == 1).mean()


def test_what_is_not_linear_has_no_view(config, tmp_path):
    values = light(tmp_path / "a.exr") / 4
    space = "sRGB" if config.startswith("ocio") else "painted"
    output = OpenImageIO.ImageOutput.create(str(tmp_path / "b.tif"))
    output.open(str(tmp_path / "b.tif"), OpenImageIO.ImageSpec(32, 24, 3, "float"))
    output.write_image(values)
    output.close()
    small = reader.read(thumbnail(tmp_path / "b.tif", 64, space, config)).pixels
    wanted = color_config.load(config).space(space).into(values)
    assert np.abs(small - np.clip(wanted, 0, 1)).max() < 0.51 / 255


def test_a_view_that_cannot_be_used_is_told(tmp_path):
    path = tmp_path / "studio.ocio"
    broken = CONFIG.replace("!<ExponentTransform> {value: 3", "!<FileTransform> {src: gone.spi3d")
    path.write_text(broken)
    with pytest.raises(
        ImageError, match=r"studio\.ocio: .*the view dim of the display wall: .*gone"
    ):
        color_config.load(str(path)).view()


def test_a_config_without_displays_shows_light_plainly(tmp_path):
    values = light(tmp_path / "a.exr")
    path = tmp_path / "studio.ocio"
    displays = CONFIG[CONFIG.index("displays:") : CONFIG.index("colorspaces:")]
    text = CONFIG.replace(displays, "").replace("aces_interchange: ap0", "aces_interchange: light")
    path.write_text(text)
    small = reader.read(thumbnail(tmp_path / "a.exr", 64, "light", str(path))).pixels
    wanted = color_config.load(str(path)).space("light").into(values)
    assert np.abs(small - np.clip(wanted, 0, 1)).max() < 0.51 / 255
