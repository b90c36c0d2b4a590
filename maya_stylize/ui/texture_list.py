"""The list of the scene's textures: search, selected objects only, thumbnails and facts."""

from __future__ import annotations

from typing import Any

from maya_stylize.host.scene import Scene, Texture
from maya_stylize.ui import look
from maya_stylize.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal
from maya_stylize.ui.slots import slot
from maya_stylize.ui.texture_model import (
    FactsRole,
    SearchRole,
    TextureModel,
    TextureRole,
    name_of,
)


class TextureDelegate(QtWidgets.QStyledItemDelegate):
    """Draws a texture: thumbnail, node, path, facts."""

    def sizeHint(self, option: Any, index: Any) -> Any:  # noqa: N802
        """Return room for three lines of text."""
        unit = option.fontMetrics.height()
        return QtCore.QSize(unit * 12, round(unit * 3.8))

    def paint(self, painter: Any, option: Any, index: Any) -> None:
        """Draw one row."""
        texture: Texture = index.data(TextureRole)
        roles, states = QtGui.QPalette.ColorRole, QtWidgets.QStyle.StateFlag
        selected = bool(option.state & states.State_Selected)
        unit = option.fontMetrics.height()
        gap = unit // 3
        text = option.palette.color(roles.HighlightedText if selected else roles.Text)
        faint = QtGui.QColor(text)
        faint.setAlphaF(0.65)
        painter.save()
        if selected:
            painter.fillRect(option.rect, option.palette.color(roles.Highlight))
        area = option.rect.adjusted(gap, gap, -gap, -gap)
        square = QtCore.QRect(area.left(), area.top(), area.height(), area.height())
        draw_thumbnail(painter, square, index.data(Qt.ItemDataRole.DecorationRole), faint)
        words = area.adjusted(square.width() + 2 * gap, 0, 0, 0)
        bold = QtGui.QFont(option.font)
        bold.setBold(True)
        warning = QtGui.QColor("#ff9d76" if look.is_dark(option.widget) else "#b3400f")
        third = warning if texture.missing and not selected else faint
        elide = Qt.TextElideMode
        for line, (font, color, mode, content) in enumerate(
            (
                (bold, text, elide.ElideRight, _title(texture)),
                (option.font, faint, elide.ElideMiddle, texture.pattern),
                (option.font, third, elide.ElideRight, index.data(FactsRole)),
            )
        ):
            painter.setFont(font)
            painter.setPen(color)
            row = QtCore.QRect(words.left(), words.top() + line * unit, words.width(), unit)
            short = QtGui.QFontMetrics(font).elidedText(content, mode, row.width())
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, short)
        if option.state & states.State_HasFocus:
            painter.setPen(QtGui.QPen(text, 1, Qt.PenStyle.DotLine))
            painter.drawRect(option.rect.adjusted(1, 1, -2, -2))
        painter.restore()


def _title(texture: Texture) -> str:
    name = name_of(texture.node) if texture.node == texture.pattern else texture.node
    return f"{name}  (restyled)" if texture.applied else name


def draw_thumbnail(painter: Any, square: Any, pixmap: Any, faint: Any) -> None:
    """Draw a thumbnail centered in a square, or an empty frame where there is none."""
    if pixmap is None:
        painter.setPen(faint)
        painter.drawRect(square.adjusted(0, 0, -1, -1))
        painter.drawLine(square.topLeft(), square.bottomRight())
        return
    ratio = painter.device().devicePixelRatioF()
    scaled = pixmap.scaled(
        square.size() * ratio,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    scaled.setDevicePixelRatio(ratio)
    size = scaled.size() / ratio
    corner = square.topLeft() + QtCore.QPoint(
        (square.width() - size.width()) // 2, (square.height() - size.height()) // 2
    )
    painter.drawPixmap(corner, scaled)


class TextureList(QtWidgets.QWidget):
    """The textures of a scene, kept up to date."""

    selected = Signal()

    def __init__(self, scene: Scene, model: TextureModel, parent: Any = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self._model = model
        self._filter = QtCore.QSortFilterProxyModel(self)
        self._filter.setSourceModel(model)
        self._filter.setFilterRole(SearchRole)
        self._filter.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.search = QtWidgets.QLineEdit()
        self.search.setPlaceholderText("Search name, path or material")
        self.search.setAccessibleName("Search textures")
        self.search.setToolTip("Show only textures whose name, path or material holds this.")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.selected_only = QtWidgets.QCheckBox("Selected o&bjects only")
        self.selected_only.setToolTip("Show only textures of the objects selected in the scene.")
        self.selected_only.toggled.connect(self.refresh)
        self.view = QtWidgets.QListView()
        self.view.setModel(self._filter)
        self.view.setItemDelegate(TextureDelegate(self.view))
        self.view.setUniformItemSizes(True)
        self.view.setVerticalScrollMode(QtWidgets.QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setDragEnabled(True)
        self.view.setMinimumHeight(look.em(self) * 8)
        self.view.setAccessibleName("Textures")
        self.view.selectionModel().selectionChanged.connect(lambda *_: self.selected.emit())
        title = look.labelled("&Textures", "title")
        title.setBuddy(self.view)
        self._empty = look.labelled("", "faint")
        self._empty.setWordWrap(True)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (title, self.search, self.selected_only, self._empty):
            column.addWidget(widget)
        column.addWidget(self.view, 1)

    def add_below(self, buttons: Any) -> None:
        """Put buttons below the list, which has no objects to be selected then."""
        self.layout().addWidget(buttons)
        self.selected_only.hide()

    def texture(self) -> Texture | None:
        """Return the selected texture, None if none is."""
        index = self.view.currentIndex()
        return index.data(TextureRole) if index.isValid() else None

    def select(self, node: str) -> None:
        """Select the texture of a node, if the list shows it."""
        for row in range(self._filter.rowCount()):
            index = self._filter.index(row, 0)
            if index.data() == node:
                self.view.setCurrentIndex(index)

    @slot
    def refresh(self) -> None:
        """Ask the scene again; the selected texture stays selected where it is still there."""
        before = self.texture()
        textures = self._scene.textures(self.selected_only.isChecked())
        if textures == self._model.textures():
            return
        self._model.set_textures(textures)
        if before is not None:
            self.select(before.node)
        self._say_if_empty()
        self.selected.emit()

    @slot
    def _search(self, text: str) -> None:
        self._filter.setFilterFixedString(text)
        self._say_if_empty()

    def _say_if_empty(self) -> None:
        if self._filter.rowCount():
            self._empty.setText("")
        elif self._model.textures():
            self._empty.setText("No texture matches the search.")
        elif self.selected_only.isChecked():
            self._empty.setText("The selected objects have no textures.")
        else:
            self._empty.setText("The scene has no textures.")
        self._empty.setVisible(bool(self._empty.text()))
