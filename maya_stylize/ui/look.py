"""The panel's look: sizes from the font, colors from the palette, so that it fits where it is."""

from __future__ import annotations

from typing import Any

from maya_stylize.ui.qt import QtGui, QtWidgets

# Grays close to Maya's own, and a light counterpart for the panel outside Maya.
_DARK = ("#444444", "#2b2b2b", "#dddddd", "#5d5d5d", "#3f7296", "#ffffff", "#8a8a8a")
_LIGHT = ("#f0f0f0", "#ffffff", "#202020", "#e1e1e1", "#2f6f9f", "#ffffff", "#8c8c8c")
PALETTES = {"dark": _DARK, "light": _LIGHT}


def em(widget: Any) -> int:
    """Return the height of the widget's font in pixels: the unit of all sizes here."""
    return widget.fontMetrics().height()


def palette(name: str) -> Any:
    """Return the "dark" or "light" palette for a panel outside Maya."""
    window, base, text, button, highlight, on_highlight, faint = map(QtGui.QColor, PALETTES[name])
    role, made = QtGui.QPalette.ColorRole, QtGui.QPalette()
    for key, color in (
        (role.Window, window),
        (role.Base, base),
        (role.AlternateBase, window),
        (role.ToolTipBase, base),
        (role.Button, button),
        (role.Highlight, highlight),
        (role.HighlightedText, on_highlight),
        (role.Link, highlight),
        (role.Mid, faint),
    ):
        made.setColor(key, color)
    for key in (role.WindowText, role.Text, role.ButtonText, role.ToolTipText):
        made.setColor(key, text)
        made.setColor(QtGui.QPalette.ColorGroup.Disabled, key, faint)
    made.setColor(role.PlaceholderText, faint)
    return made


def is_dark(widget: Any) -> bool:
    """Return whether the widget's palette is dark."""
    return widget.palette().color(QtGui.QPalette.ColorRole.Window).lightness() < 128


def mixed(widget: Any, share: float) -> Any:
    """Return a color between the widget's background (0) and its text (1)."""
    roles = QtGui.QPalette.ColorRole
    back = widget.palette().color(roles.Window)
    front = widget.palette().color(roles.WindowText)
    parts = (
        round(a + (b - a) * share)
        for a, b in zip(back.getRgb()[:3], front.getRgb()[:3], strict=True)
    )
    return QtGui.QColor(*parts)


def stylesheet(widget: Any) -> str:
    """Return the panel's own few rules, in the widget's palette and font size."""
    unit = em(widget)
    line, faint, soft = (mixed(widget, share).name() for share in (0.25, 0.6, 0.08))
    accent = widget.palette().color(QtGui.QPalette.ColorRole.Highlight).name()
    warning = "#5a3b2e" if is_dark(widget) else "#fbe3d6"
    return f"""
        QLabel[role="heading"] {{ font-weight: bold; }}
        QLabel[role="title"] {{ font-weight: bold; font-size: {round(unit * 1.1)}px; }}
        QLabel[role="faint"] {{ color: {faint}; }}
        QLabel[role="refusal"] {{ background: {warning}; border-radius: {unit // 4}px; }}
        QFrame[role="card"] {{ border: 1px solid {line}; border-radius: {unit // 4}px; }}
        QFrame[role="well"] {{ border: 1px dashed {faint}; border-radius: {unit // 4}px;
                               background: {soft}; }}
        QFrame[role="well"][dropping="true"] {{ border: 2px solid {accent}; }}
        QFrame[role="message"] {{ background: {warning}; border: 1px solid {line};
                                  border-radius: {unit // 4}px; }}
        QPushButton[role="primary"] {{ background: {accent}; color: #ffffff; font-weight: bold;
                                       border: 2px solid {accent}; border-radius: {unit // 4}px;
                                       padding: {unit // 3}px {unit}px; }}
        QPushButton[role="primary"]:hover {{ border-color: #ffffff; }}
        QPushButton[role="primary"]:focus {{ border-color: palette(window-text); }}
        QPushButton[role="primary"]:disabled {{ background: {line}; border-color: {line};
                                                color: {faint}; }}
        QToolButton:focus {{ border: 1px solid {accent}; border-radius: {unit // 6}px; }}
        QListView {{ border: 1px solid {line}; border-radius: {unit // 4}px; }}
        QListView:focus {{ border: 1px solid {accent}; }}
        QProgressBar {{ border: 1px solid {line}; border-radius: {unit // 4}px;
                        text-align: center; background: {soft}; }}
        QProgressBar::chunk {{ background: {accent}; border-radius: {unit // 5}px; }}
    """


def labelled(text: str, role: str) -> Any:
    """Return a label with a role of the stylesheet: heading, title or faint."""
    label = QtWidgets.QLabel(text)
    label.setProperty("role", role)
    return label


def repolish(widget: Any) -> None:
    """Let the stylesheet see a property that changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
