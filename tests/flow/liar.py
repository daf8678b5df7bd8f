"""An appliance that lies: it stands between a client and the real daemon, passes everything on, and
says one thing otherwise."""
import collections
import socket
import struct
import threading

from forgery import chunk, frame, number

LIE_SECONDS = 30


def whole(wire):
    """One frame's body; b"" at the end."""
    data = b""
    while len(data) < 4 or len(data) < 4 + struct.unpack(">I", data[:4])[0]:
        piece = wire.recv(65536)
        if not piece:
            return b""
        data += piece
    return data[4:]


def varint_of(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7f) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def fields(data):
    """The fields of a message, in order: (number, value), a value being a number or bytes."""
    found, at = [], 0
    while at < len(data):
        tag, at = varint_of(data, at)
        value, at = varint_of(data, at)
        if tag & 7 == 2:
            value, at = data[at:at + value], at + value
        found.append((tag >> 3, value))
    return found


def message(parts):
    return b"".join(chunk(n, v) if isinstance(v, bytes) else number(n, v) for n, v in parts)


class Liar:
    """Listens beside the real socket. `lie` gets each ask's kind, how many of that kind came
    before it, and the fields of the answer; it returns those that are said instead, bytes for the
    whole answer, or None to hang up."""

    def __init__(self, house):
        self.real = str(house.socket)
        self.path = f"{self.real}.liar"
        self.tell(None)
        self.door = socket.socket(socket.AF_UNIX)
        self.door.bind(self.path)
        self.door.listen(8)
        threading.Thread(target=self.serve, daemon=True).start()

    def tell(self, lie):
        self.lie, self.asks = lie, collections.Counter()

    def serve(self):
        while True:
            try:
                client, _ = self.door.accept()
            except OSError:
                return
            threading.Thread(target=self.stand_between, args=(client,), daemon=True).start()

    def stand_between(self, client):
        with client, socket.socket(socket.AF_UNIX) as house:
            client.settimeout(LIE_SECONDS)
            house.settimeout(LIE_SECONDS)
            house.connect(self.real)
            while ask := whole(client):
                house.sendall(frame(ask))
                told = self.answer(ask, whole(house))
                if told is None:
                    return
                client.sendall(frame(told))

    def answer(self, ask, body):
        asked = fields(ask)[1][0]
        head, (kind, content) = fields(body)
        told = self.lie(asked, self.asks[asked], fields(content))
        self.asks[asked] += 1
        if told is None or isinstance(told, bytes):
            return told
        return message([head, (kind, message(told))])

    def close(self):
        self.door.close()
