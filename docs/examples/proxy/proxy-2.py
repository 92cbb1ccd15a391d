"""The same proxy, release 2: one thread for all clients. Usage: proxy-2.py PORT UPSTREAM-PORT; both on 127.0.0.1.

asyncio sets SO_REUSEADDR on the sockets that it makes. This one is made here, for TCP_FASTOPEN, and nobody sets it any more.
"""

import asyncio
import socket
import sys


async def copy(source, target):
    while data := await source.read(65536):
        target.write(data)
        await target.drain()
    target.close()


async def client(reader, writer):
    first = await reader.read(65536)
    upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[2]))
    upstream_writer.write(first)
    await asyncio.gather(copy(reader, upstream_writer), copy(upstream_reader, writer))


async def main():
    listener = socket.socket()
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 16)
    listener.bind(("127.0.0.1", int(sys.argv[1])))
    server = await asyncio.start_server(client, sock=listener)
    await server.serve_forever()


asyncio.run(main())
