"""Names of color spaces: Maya's own, earlier ones among them, and those of other programs."""

from __future__ import annotations

# By the identifier of the Color Interop Forum, or OpenColorIO's own where the forum has none. Of
# most spaces the built-in config knows further names.
_NAMES = {
    "srgb_rec709_scene": (
        *("sRGB", "sRGB - Texture", "sRGB Texture", "srgb_texture", "srgb_tx"),
        *("sRGB Encoded Rec.709 (sRGB)", "Utility - sRGB - Texture"),
        "Input - Generic - sRGB - Texture",
    ),
    "lin_rec709_scene": (
        *("scene-linear Rec.709-sRGB", "scene-linear Rec 709/sRGB", "Linear Rec.709 (sRGB)"),
        *("Utility - Linear - sRGB", "Utility - Linear - Rec.709"),
        *("lin_rec709_srgb", "lin_rec709", "lin_srgb", "linear"),
    ),
    "data": ("Raw", "Utility - Raw"),
    "lin_ap1_scene": ("ACEScg", "ACES - ACEScg", "lin_ap1"),
    "lin_ap0_scene": ("ACES2065-1", "ACES - ACES2065-1", "lin_ap0"),
    "lin_p3d65_scene": (
        *("scene-linear DCI-P3 D65", "scene-linear DCI-P3", "Linear P3-D65"),
        "Utility - Linear - P3-D65",
    ),
    "lin_rec2020_scene": (
        *("scene-linear Rec.2020", "scene-linear Rec 2020", "Linear Rec.2020"),
        "Utility - Linear - Rec.2020",
    ),
    "g18_rec709_scene": (
        *("gamma 1.8 Rec.709", "gamma 1.8 Rec 709", "Gamma 1.8 Rec.709 - Texture"),
        "Utility - Gamma 1.8 - Rec.709 - Texture",
    ),
    "g22_rec709_scene": (
        *("gamma 2.2 Rec.709", "gamma 2.2 Rec 709", "Gamma 2.2 Rec.709 - Texture"),
        "Utility - Gamma 2.2 - Rec.709 - Texture",
    ),
    "g24_rec709_scene": (
        *("gamma 2.4 Rec.709", "gamma 2.4 Rec 709", "gamma 2.4 Rec.709 (video)"),
        *("gamma 2.4 Rec 709 (video)", "Gamma 2.4 Rec.709 - Texture"),
    ),
    "ocio:itu709_rec709_scene": (
        *("camera Rec.709", "camera Rec 709", "Utility - Rec.709 - Camera"),
    ),
    "ocio:acescct_ap1_scene": ("ACEScct", "ACES - ACEScct"),
    "ocio:acescc_ap1_scene": ("ACEScc", "ACES - ACEScc"),
    "ocio:arrilogc3_awg3_scene": ("ARRI LogC", "ARRI LogC3 (EI800)"),
    "g22_adobergb_scene": ("AdobeRGB", "Adobe RGB", "Adobe RGB (1998)", "AdobeRGB (1998)"),
    "srgb_p3d65_scene": ("Display P3", "sRGB Encoded P3-D65 - Texture"),
    "srgb_ap1_scene": ("sRGB Encoded AP1 - Texture", "sRGB Encoded AP1"),
    "g22_ap1_scene": ("Gamma 2.2 AP1 - Texture", "Gamma 2.2 Encoded AP1"),
    "lin_adobergb_scene": ("Linear AdobeRGB", "Utility - Linear - Adobe RGB"),
}
_IDS = {name.casefold(): key for key, names in _NAMES.items() for name in (key, *names)}

SRGB, LINEAR, DATA = "srgb_rec709_scene", "lin_rec709_scene", "data"


def identifier(name: str) -> str | None:
    """Return the identifier of the space that a name means; None where it is not known here.

    Args:
        name: In capitals or not.
    """
    return _IDS.get(name.strip().casefold())


def names_of(key: str) -> tuple[str, ...]:
    """Return the names of the space with an identifier, which is the first of them."""
    return (key, *_NAMES.get(key, ()))


def usual_name(key: str) -> str:
    """Return what Maya calls the space with an identifier of this table."""
    return _NAMES[key][0]
