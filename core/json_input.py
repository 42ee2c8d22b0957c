"""JSON that somebody sent: what no answer can say and no column can keep is refused as any other mistake in it."""

import json
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser as RestJSONParser
from rest_framework.utils.json import strict_constant


class InputDecoder(json.JSONDecoder):
    """Raises JSONDecodeError, and nothing else: for lists a thousand deep, numbers of thousands of digits and lone
    surrogates too."""

    def decode(self, s: str, *args: Any) -> Any:
        try:
            found = super().decode(s, *args)
            json.dumps(found, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as fault:
            raise json.JSONDecodeError(str(fault), "", 0) from fault
        return found


class JSONParser(RestJSONParser):
    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            return json.loads(stream.read(), cls=InputDecoder, parse_constant=strict_constant)
        except ValueError as fault:
            raise ParseError(f"JSON parse error - {fault}") from fault
