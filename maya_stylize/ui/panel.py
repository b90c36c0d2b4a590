"""The panel: the scene's textures, what is to be made of them, and what came out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from maya_stylize import jobs
from maya_stylize.errors import StylizeError
from maya_stylize.host.no_scene import PictureList
from maya_stylize.host.scene import Scene
from maya_stylize.host.scene_colors import SceneColors
from maya_stylize.ui import again, applying, loader, look, stored, support
from maya_stylize.ui.all_tiles import AllTiles
from maya_stylize.ui.calls import Answer, Client
from maya_stylize.ui.columns import Columns, scrolled
from maya_stylize.ui.engine_line import EngineLine
from maya_stylize.ui.first_launch import FirstLaunch
from maya_stylize.ui.history import Entry, History
from maya_stylize.ui.history_pane import HistoryPane
from maya_stylize.ui.job_pane import JobPane
from maya_stylize.ui.maker import Maker
from maya_stylize.ui.menus import Menus
from maya_stylize.ui.messages import MessageBar
from maya_stylize.ui.one_tile import OneTile
from maya_stylize.ui.picture_buttons import PictureButtons
from maya_stylize.ui.plan_line import PlanLine
from maya_stylize.ui.preview import Preview
from maya_stylize.ui.qt import Qt, QtCore, QtWidgets
from maya_stylize.ui.runs import Run, Runs
from maya_stylize.ui.slots import LOG, slot
from maya_stylize.ui.texture_list import TextureList
from maya_stylize.ui.texture_model import TextureModel, shown
from maya_stylize.ui.thumbnails import Thumbnails


class Panel(QtWidgets.QWidget):
    """A plain widget that works docked in Maya and as a window of its own."""

    def __init__(self, scene: Scene, client: Client, parent: Any = None) -> None:
        """Make the panel; nothing is read or started before the event loop runs.

        Args:
            scene: Whose textures are shown.
            client: Of the worker.
            parent: A widget that it lives in.
        """
        super().__init__(parent)
        self.setObjectName("MayaStylizePanel")
        self.setWindowTitle("Maya Stylize")
        self._scene = scene
        self._client = client
        self._last_job: dict[str, Any] | None = None
        self._unwatch: Callable[[], None] | None = None
        self.thumbnails = Thumbnails(client, loader.shared(), self)
        self.runs = Runs(client, self)
        self.history = History(self.thumbnails, self)
        self._model = TextureModel(client, self.thumbnails, self)
        self.textures = TextureList(scene, self._model)
        if isinstance(scene, PictureList):
            self.textures.add_below(PictureButtons(scene, self.textures))
        scene_textures, selected = self._model.textures, self.textures.texture
        colors = SceneColors(scene, scene_textures, selected, self.history.job_of)
        self.thumbnails.colors = colors.for_thumbnail
        self.maker = Maker(scene, self.thumbnails, self._selected_file, colors)
        self.preview = Preview(self.thumbnails, loader.shared())
        self.job_pane = JobPane(self.runs)
        self.results = HistoryPane(self.history)
        self.messages = MessageBar()
        self.first_launch = FirstLaunch(client)
        self.menus = Menus(self.maker, client, self.copy_report, self._ask_model_to_show)
        self.engine = EngineLine(client)
        self.plan = PlanLine(client, lambda: self.maker.draft(self.engine.backend))
        self.all_tiles = AllTiles()
        self.one_tile = OneTile()
        self.maker.add_above_start(self.all_tiles)
        self.maker.add_above_start(self.one_tile)
        self.maker.add_above_start(self.plan)
        self._lay_out()
        self._connect()
        self.setStyleSheet(look.stylesheet(self))
        # Its own timer, which is gone with it; a shot at a method may outlive the panel.
        self._soon = QtCore.QTimer(self, singleShot=True)
        self._soon.timeout.connect(self._begin)
        self._soon.start(0)

    def report_error(self, error: StylizeError) -> None:
        """Show an error in the message bar, and keep it in the log."""
        LOG.error("%s", error)
        self.messages.tell(error.message, error.hint)

    def copy_report(self) -> None:
        """Put a report for support on the clipboard."""
        program = self._scene.program()
        text = support.report(program, self._client, self.messages.text(), self._last_job)
        QtWidgets.QApplication.clipboard().setText(text)

    def _lay_out(self) -> None:
        right = (self.preview, self.job_pane, self.results)
        self.splitter = Columns(self.textures, self.maker, right)
        self.pages = QtWidgets.QStackedWidget()
        self.pages.addWidget(scrolled(self.splitter))
        self.pages.addWidget(self.first_launch)
        whole = QtWidgets.QVBoxLayout(self)
        margin = look.em(self) // 3
        whole.setContentsMargins(margin, 0, margin, margin)
        whole.setSpacing(margin)
        whole.setMenuBar(self.menus)
        whole.addWidget(self.messages)
        whole.addWidget(self.pages, 1)
        whole.addWidget(self.engine)

    def _connect(self) -> None:
        self.textures.selected.connect(self._texture_selected)
        self.maker.started.connect(self._start)
        self.maker.source_changed.connect(self._show_source)
        self.maker.changed.connect(self.plan.refresh)
        self.runs.changed.connect(self.engine.refresh)
        self.runs.changed.connect(self.plan.follow)
        self.engine.came.connect(self.thumbnails.retry)
        self.engine.came.connect(self._model.retry)
        self.runs.began.connect(self.history.begin)
        self.runs.previewed.connect(self._previewed)
        self.runs.ended.connect(self.history.end)  # before what it came to is selected
        self.runs.ended.connect(self._ended)
        self.results.applying.connect(self._apply)
        self.results.reverting.connect(self._revert)
        self.results.comparing.connect(self.preview.compare_maps)
        self.results.repeating.connect(self._repeat)
        self.results.continuing.connect(self._go_on)
        self.results.removing.connect(self.history.remove)
        self.messages.copy_report.connect(self.copy_report)
        self.first_launch.finished.connect(lambda: self.pages.setCurrentIndex(0))
        client = self._client
        client.changed = self.runs.changed.emit
        app = QtWidgets.QApplication.instance()
        app.applicationStateChanged.connect(self._came_back)
        app.aboutToQuit.connect(self.save_state)  # it need not hide its panels before
        # The client may outlive the panel, whose signals are gone then.
        self.destroyed.connect(lambda *_: setattr(client, "changed", _nothing))

    @slot
    def _begin(self) -> None:
        """Read what is kept, list the textures and ask the worker for the model."""
        support.open_log()
        self._client.request("model", {"action": "state"}, self._model_known)
        self.textures.refresh()
        self.history.load()
        state = stored.read(stored.panel_file())
        if state is not None:
            self.maker.set_state(state)

    @slot
    def save_state(self) -> None:
        """Keep the settings for the next session."""
        stored.write(stored.panel_file(), self.maker.state())

    def showEvent(self, event: Any) -> None:  # noqa: N802
        """Follow the scene while the panel can be seen."""
        super().showEvent(event)
        if self._unwatch is None:
            self._unwatch = self._scene.watch(self.textures.refresh)
            self.textures.refresh()

    def hideEvent(self, event: Any) -> None:  # noqa: N802
        """Leave the scene alone, and keep the settings."""
        super().hideEvent(event)
        if self._unwatch is not None:
            self._unwatch()
            self._unwatch = None
            self.save_state()

    def resizeEvent(self, event: Any) -> None:  # noqa: N802
        """Put the columns on top of each other where they are too narrow."""
        super().resizeEvent(event)
        self.splitter.fit(self.width())

    @slot
    def _came_back(self, state: Any) -> None:
        """Look at the pictures anew: another program may have painted them meanwhile."""
        active = state == Qt.ApplicationState.ApplicationActive
        if active and self.isVisible() and self._client.hello is not None:
            self.thumbnails.renew()
            self.history.refresh()
            self._model.renew()
            self.textures.refresh()
            self.plan.refresh()

    @slot
    def _model_known(self, answer: Answer) -> None:
        if isinstance(answer, StylizeError):
            raise answer
        self.first_launch.show_model(answer)
        if answer is None:
            self.pages.setCurrentWidget(self.first_launch)

    def _ask_model_to_show(self) -> None:
        self.pages.setCurrentWidget(self.first_launch)
        self._client.request("model", {"action": "state"}, self._model_known)

    def _selected_file(self) -> str | None:
        texture = self.textures.texture()
        return None if texture is None or texture.missing else shown(texture)

    @slot
    def _texture_selected(self) -> None:
        path = self._selected_file()
        texture = self.textures.texture()
        if path is not None and texture is not None:
            maps = self._scene.material_maps(texture)
            network = {kind: shown(each) for kind, each in maps.items() if not each.missing}
            for page in self.maker.pages():
                page.follow(path, network)
        self._show_source()
        self.results.revert.setEnabled(texture is not None and texture.applied)

    @slot
    def _show_source(self) -> None:
        page = self.maker.page()
        self.all_tiles.offer(page.tile(), self._model.textures())
        self.one_tile.tell(page.learned(), self._model.textures())
        if self.runs.running() is None:
            alone = {"": (self._selected_file() or "", "")}
            self.preview.compare_maps(page.sources() or alone)

    @slot
    def _start(self) -> None:
        page, texture = self.maker.page(), self.textures.texture()
        for source in self.all_tiles.pictures(page.source()):
            job = self.maker.job(self.engine.backend, self.runs.outputs(), source)
            self._run(job, page.mode.name, source, texture.node if texture else "")
        self.save_state()

    def _run(self, job: jobs.Job, mode: str, source: str, node: str, resume: bool = False) -> None:
        self.messages.hide()
        self._last_job = job.to_json()
        self.runs.start(job, mode, source, node, resume)
        if self.runs.running() is not None:
            self.preview.compare(source, "")

    @slot
    def _repeat(self, entry: Entry) -> None:
        job = again.renamed(entry, self.maker.output, self.runs.outputs())
        self._run(job, entry.mode, entry.source, entry.node)

    @slot
    def _go_on(self, entry: Entry) -> None:
        self._run(jobs.from_json(entry.job), entry.mode, entry.source, entry.node, True)

    @slot
    def _previewed(self, run: Run, path: str) -> None:
        self.preview.follow(run.source, path, f"In progress: {run.stage}")

    @slot
    def _ended(self, run: Run, event: Mapping[str, Any]) -> None:
        self.results.select(event.get("path", run.path))
        if event["event"] == "failure":
            raise StylizeError(event["message"], event["hint"])
        if event["event"] == "result":
            self.preview.compare_maps(self.results.entries()[0].pairs())
            if run.warnings:
                self.messages.tell(f"{run.title}: {' '.join(run.warnings)}")

    @slot
    def _apply(self, entry: Entry) -> None:
        left = applying.apply(self._scene, self.textures, entry)
        if left:
            self.messages.tell(left)

    @slot
    def _revert(self) -> None:
        applying.revert(self._scene, self.textures)


def _nothing() -> None:
    """Tell nobody."""
