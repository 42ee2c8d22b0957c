"""Pieces of pages that this process has drawn, each by all that it shows, so that none shows what was."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Piece = TypeVar("Piece")


class Drawn(Generic[Piece]):
    """When there are `at_most`, all are forgotten: what is still asked for is soon there again."""

    def __init__(self, at_most: int) -> None:
        self.at_most = at_most
        self.pieces: dict[Hashable, Piece] = {}

    def get(self, look: Hashable, draw: Callable[[], Piece]) -> Piece:
        """The piece of this look; `draw` makes it where it is not kept."""
        found = self.pieces.get(look)
        if found is None:
            if len(self.pieces) >= self.at_most:
                self.pieces.clear()
            found = self.pieces[look] = draw()
        return found
