"""
A web server of Python's http.server, which sets SO_REUSEADDR; without it when the third argument is "off". With a certificate and its key it speaks HTTPS.
Usage: python-http.py ADDRESS PORT [off | CERTIFICATE KEY]
"""

import http.server
import signal
import ssl
import sys


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"ok\n")

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    allow_reuse_address = sys.argv[3:] != ["off"]


# Process 1 ignores a signal for which it has no handler.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
server = Server((sys.argv[1], int(sys.argv[2])), Answer)
if len(sys.argv) == 5:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
    # The handshake is the thread's of the connection, and not the one that accepts.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
