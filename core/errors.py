class Refused(Exception):
    """Something a person asked for and cannot have; the message is the sentence they read."""

    def __init__(self, message: object, code: str = "refused") -> None:
        super().__init__(message)
        self.message = message
        self.code = code

    def __str__(self) -> str:
        return str(self.message)
