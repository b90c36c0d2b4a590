"""Settings that several modes have."""

from __future__ import annotations

from maya_stylize.ui.fields import Choice, Field, Name, Toggle, Whole

QUALITY = Field(
    "quality",
    "&Quality",
    "How long the picture is worked on. Draft shows soonest where it is heading; "
    "final brings out the large structures and clean details.",
    Choice((("draft", "Draft"), ("normal", "Normal"), ("final", "Final"))),
    "normal",
)
SEED = Field(
    "seed",
    "See&d",
    "Another seed arranges the picture anew; the same seed and settings give the same picture.",
    Whole(0, 2**31 - 1, dice=True),
    0,
)
SEAMLESS = Field(
    "seamless",
    "Seamless ed&ges",
    "Where the picture can be laid beside itself without a seam. Exact at sizes that are multiples "
    "of 16; others are made a little larger and resampled.",
    Choice((("no", "No"), ("both", "Both ways"), ("across", "Across"), ("down", "Down"))),
    "no",
)
MATCH_HISTOGRAM = Field(
    "match_histogram",
    "Match the exemplar's colors",
    "Brings each color channel's brightness to the exemplar's exactly. Without it "
    "colors may drift a little.",
    Toggle(),
    True,
    advanced=True,
)
STATISTICS = Field(
    "statistics",
    "Statistics",
    "What the picture has in common with its example. Arrangements: which features come together, "
    "the papers' choice, better at large structures. Values: how often each comes, better at "
    "flat areas and sharp edges; takes longer.",
    Choice((("gram", "Arrangements"), ("sliced", "Values"))),
    "gram",
    advanced=True,
)
POOLING = Field(
    "pooling",
    "Pooling",
    "How the network shrinks what it sees. Average, the papers' choice, gives smoother pictures; "
    "maximum gives harsher, more contrasted ones.",
    Choice((("average", "Average"), ("max", "Maximum"))),
    "average",
    advanced=True,
)
COLOR_SPACE = Field(
    "color_space",
    "Color space",
    "That of the first picture above, which the result has too. A name of the scene's color "
    "config. Empty: what the texture's node says, else the file.",
    Name(
        (
            "sRGB",
            "Raw",
            "ACEScg",
            "ACES2065-1",
            "scene-linear Rec.709-sRGB",
            "scene-linear Rec.2020",
            "gamma 2.2 Rec.709",
            "AdobeRGB",
            "Display P3",
        ),
        "As the scene or the file says",
    ),
    "",
    advanced=True,
)
DEVICE = Field(
    "device",
    "Device",
    "Where the computation runs. It does not change what the picture looks like, only how long "
    "it takes. The processor is slower but leaves the graphics card to the viewport.",
    Choice((("auto", "Graphics card if there is one"), ("cpu", "Processor"))),
    "auto",
    advanced=True,
)
