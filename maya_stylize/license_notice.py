"""The terms that come with the published weights, for every room that shows them."""

ACADEMIC_NOTICE = (
    "The authors of these weights (L. A. Gatys, A. S. Ecker and M. Bethge) give them for academic "
    "and non-commercial use only. That holds whichever file or package they came in: repackaging "
    "does not change it. For other work, make a network of your own from weights whose license "
    "allows it: maya-stylize normalize STOCK.h5 OUT.h5 --images DIR."
)
