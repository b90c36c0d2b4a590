"""A form made out of fields: a control and a tooltip for each, the advanced ones folded away."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, Union

from maya_stylize.ui import fields as kinds
from maya_stylize.ui.fields import Field, checked
from maya_stylize.ui.fold import Fold
from maya_stylize.ui.look import em
from maya_stylize.ui.mode import plain
from maya_stylize.ui.qt import Qt, QtWidgets, Signal


class ChoiceControl(QtWidgets.QComboBox):
    """A list to choose from."""

    def __init__(self, control: kinds.Choice) -> None:
        super().__init__()
        stretch(self)
        for key, title in control.options:
            self.addItem(title, key)
        self.changed = self.currentIndexChanged

    def value(self) -> str:
        """Return the chosen option's key."""
        return self.currentData()

    def set_value(self, value: str) -> None:
        """Choose an option by its key."""
        self.setCurrentIndex(self.findData(value))


class WholeControl(QtWidgets.QWidget):
    """A number, with a dice button where it can be thrown."""

    def __init__(self, control: kinds.Whole) -> None:
        super().__init__()
        self._spin = QtWidgets.QSpinBox()
        self._spin.setRange(control.lowest, control.highest)
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._spin, 1)
        self.setFocusProxy(self._spin)
        self.value, self.set_value = self._spin.value, self._spin.setValue
        self.changed = self._spin.valueChanged
        if control.dice:
            dice = QtWidgets.QPushButton("Throw dice")
            dice.setToolTip("Choose another seed at random.")
            dice.clicked.connect(
                lambda: self._spin.setValue(random.randint(control.lowest, control.highest))
            )
            row.addWidget(dice)

    def setToolTip(self, text: str) -> None:  # noqa: N802
        """Say it on the number only; the button has its own."""
        self._spin.setToolTip(text)


class SliderControl(QtWidgets.QWidget):
    """A slider from 0 to 100 between two words, its number beside it."""

    def __init__(self, control: kinds.Slider) -> None:
        super().__init__()
        self._slider = QtWidgets.QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, 100)
        self._slider.setPageStep(10)
        number = QtWidgets.QLabel()
        number.setMinimumWidth(number.fontMetrics().horizontalAdvance("100"))
        number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._slider.valueChanged.connect(lambda value: number.setText(str(value)))
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(QtWidgets.QLabel(control.left))
        row.addWidget(self._slider, 1)
        row.addWidget(QtWidgets.QLabel(control.right))
        row.addWidget(number)
        self.setFocusProxy(self._slider)
        self.value, self.set_value = self._slider.value, self._slider.setValue
        self.changed = self._slider.valueChanged


class ToggleControl(QtWidgets.QCheckBox):
    """A check mark that has its label by itself."""

    def __init__(self, field: Field) -> None:
        super().__init__(field.label)
        self.value, self.set_value = self.isChecked, self.setChecked
        self.changed = self.toggled


class TypedControl(QtWidgets.QComboBox):
    """A size or a name, typed or taken from the common ones; empty for the source's."""

    def __init__(self, control: Union[kinds.Size, kinds.Name]) -> None:
        super().__init__()
        stretch(self)
        self.setEditable(True)
        self.setInsertPolicy(QtWidgets.QComboBox.InsertPolicy.NoInsert)
        self.addItem("")
        self.addItems(control.common)
        self.lineEdit().setPlaceholderText(control.empty)
        self.value, self.set_value = self.currentText, self.setEditText
        self.changed = self.editTextChanged


class NumbersControl(QtWidgets.QLineEdit):
    """Whole numbers to type, or none."""

    def __init__(self, control: kinds.Numbers) -> None:
        super().__init__()
        self.setPlaceholderText(control.empty)
        self.value, self.set_value = self.text, self.setText
        self.changed = self.textChanged


_CONTROLS = {
    kinds.Choice: ChoiceControl,
    kinds.Whole: WholeControl,
    kinds.Slider: SliderControl,
    kinds.Size: TypedControl,
    kinds.Name: TypedControl,
    kinds.Numbers: NumbersControl,
}


class Form(QtWidgets.QWidget):
    """The settings of one mode.

    Signals:
        changed: A setting has another value.
    """

    changed = Signal()

    def __init__(self, fields: tuple[Field, ...], parent: Any = None) -> None:
        super().__init__(parent)
        self._fields = fields
        self._controls: dict[str, Any] = {}
        front, folded = self._grid(), self._grid()
        for field in fields:
            self._add(field, folded if field.advanced else front)
        advanced = QtWidgets.QWidget()
        advanced.setLayout(folded)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(front)
        column.addWidget(Fold("&Advanced", "Settings that most pictures do not need.", advanced))
        column.addWidget(advanced)
        self.set_values({})

    def values(self) -> dict[str, Any]:
        """Return the settings.

        Raises:
            JobError: What was typed is not what a field may hold.
        """
        return checked(self._fields, self.raw_values())

    def raw_values(self) -> dict[str, Any]:
        """Return the settings as they stand, unchecked."""
        return {name: control.value() for name, control in self._controls.items()}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Set every field, those not given to their defaults.

        Raises:
            JobError: A value is not what its field may hold; nothing is changed then.
        """
        for name, value in checked(self._fields, values).items():
            self._controls[name].set_value(value)

    def _grid(self) -> Any:
        grid = QtWidgets.QFormLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(em(self) // 3)
        grid.setFieldGrowthPolicy(QtWidgets.QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        return grid

    def _add(self, field: Field, grid: Any) -> None:
        control: Any
        if isinstance(field.control, kinds.Toggle):
            control = ToggleControl(field)
            grid.addRow(control)
        else:
            control = _CONTROLS[type(field.control)](field.control)
            label = QtWidgets.QLabel(field.label)
            label.setToolTip(field.tooltip)
            label.setBuddy(control)
            grid.addRow(label, control)
        control.setToolTip(field.tooltip)
        control.setAccessibleName(plain(field.label))
        control.setObjectName(field.name)
        control.changed.connect(self.changed)  # a lambda would keep the form alive
        self._controls[field.name] = control


def stretch(combo: Any) -> None:
    """Let a list take the row's width, whatever its entries need."""
    policy = QtWidgets.QSizePolicy.Policy
    combo.setSizePolicy(policy.Expanding, policy.Fixed)
    combo.setMinimumContentsLength(8)
