"""A mail server that counts: how often each Message-ID came, and for whom. It can be down, and it can be slow."""

import email
import email.policy
import socketserver
import threading
import time
from collections import Counter, defaultdict
from contextlib import suppress


class Mailbox:
    def __init__(self, port: int) -> None:
        self.port = port
        self.slowness = 0.0
        self.ids: Counter[str] = Counter()
        self.resets: set[str] = set()
        self.received: dict[str, set[str]] = defaultdict(set)
        self.server: socketserver.ThreadingTCPServer | None = None

    def up(self) -> None:
        self.server = _Server(("127.0.0.1", self.port), _Conversation)
        self.server.mailbox = self  # type: ignore[attr-defined]  # how the handler below finds us
        threading.Thread(target=self.server.serve_forever, args=[0.05], daemon=True).start()

    def down(self) -> None:
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    @property
    def repeated(self) -> int:
        """Mails that came again with the Message-ID they had: the promise is at least once, recognisable."""
        return sum(times - 1 for times in self.ids.values())

    def keep(self, recipients: list[str], data: bytes) -> None:
        time.sleep(self.slowness)
        message = email.message_from_bytes(data, policy=email.policy.default)
        number = message["Message-ID"] or "<without an id>"
        self.ids[number] += 1
        body = message.get_body(("plain",))
        if body is not None and "/password/reset/key/" in body.get_content():
            self.resets.add(number)
        for recipient in recipients:
            self.received[recipient].add(number)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        with suppress(OSError):  # The worker at the other end was killed.
            self.talk()

    def talk(self) -> None:
        self.say("220 sink")
        recipients: list[str] = []
        while line := self.rfile.readline():
            verb = line[:4].upper().strip()
            if verb == b"RCPT":
                recipients.append(line.decode().split("<")[1].split(">")[0])
            if verb == b"DATA":
                self.say("354 go on")
                data = self.rest()
                # Kept before it is acknowledged: a sender killed in between sends it again.
                self.server.mailbox.keep(recipients, data)  # type: ignore[attr-defined]  # set by Mailbox
                recipients = []
            self.say("221 bye" if verb == b"QUIT" else "250 sink")
            if verb == b"QUIT":
                return

    def rest(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)

    def say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")
