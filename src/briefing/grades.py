"""The words of the STANAG 2511 grades: the letter is for the source, the digit for the information."""

LETTERS = {
    "A": "reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "reliability cannot be judged",
}
DIGITS = {
    1: "confirmed",
    2: "probably true",
    3: "possibly true",
    4: "doubtful",
    5: "improbable",
    6: "truth cannot be judged",
}


def grade_code(reliability: str, credibility: float) -> str:
    """Return the code of a grade.

    Examples
    --------
    >>> grade_code("B", 3)
    'B3'
    """
    return f"{reliability}{int(credibility)}"


def grade_words(reliability: str, credibility: float) -> str:
    """Return the code of a grade with its words.

    Examples
    --------
    >>> grade_words("B", 3)
    'B3: usually reliable, possibly true'
    """
    return f"{grade_code(reliability, credibility)}: {LETTERS[reliability]}, {DIGITS[int(credibility)]}"


def letters(allowed: str) -> list[str]:
    """Return the letters of a span such as ``A-D``.

    Examples
    --------
    >>> letters("A-D"), letters("B")
    (['A', 'B', 'C', 'D'], ['B'])
    """
    first, last = allowed[0], allowed[-1]
    return [letter for letter in LETTERS if first <= letter <= last]
