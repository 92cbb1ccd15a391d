"""A TCP proxy, release 1. Usage: proxy-1.py PORT UPSTREAM-PORT; both on 127.0.0.1."""

import socket
import socketserver
import sys
import threading


def copy(source, target):
    while data := source.recv(65536):
        target.sendall(data)
    target.shutdown(socket.SHUT_WR)


class Client(socketserver.BaseRequestHandler):
    def handle(self):
        first = self.request.recv(65536)
        with socket.create_connection(("127.0.0.1", int(sys.argv[2]))) as upstream:
            upstream.sendall(first)
            threading.Thread(target=copy, args=(self.request, upstream), daemon=True).start()
            copy(upstream, self.request)


class Proxy(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


Proxy(("127.0.0.1", int(sys.argv[1])), Client).serve_forever()
