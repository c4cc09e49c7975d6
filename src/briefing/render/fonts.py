"""The project's typeface family, from its wheels."""

from importlib.util import find_spec
from pathlib import Path

FONT_PACKAGES = ("font_source_sans_pro", "font_source_serif_pro")
STYLES = ("Regular", "It", "Semibold", "SemiboldIt", "Bold", "BoldIt")


def font_files() -> list[Path]:
    """Return the TrueType files of the project's typeface family, from their wheels."""
    found = []
    for package in FONT_PACKAGES:
        spec = find_spec(package)
        assert spec is not None, f"{package} is in the lock"
        folder = Path(str(spec.origin)).parent / "files"
        found += [path for style in STYLES for path in folder.glob(f"*-{style}.ttf")]
    return found
