"""A server whose behaviour is known. Usage: server.py PORT [WORD]...; what each word does stands where it is read."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time



def serve(connection):
    while connection.recv(65536):
        pass
    connection.close()


port, words = int(sys.argv[1]), sys.argv[2:]
# The first run makes the file, so that a later one knows that it is not the first.
again = None
for word in words:
    if word.startswith("first="):
        again = os.path.exists(word[6:])
        open(word[6:], "w").close()
if "ignores-sigterm" in words:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "daemonizes" in words:
    if os.fork():
        os._exit(0)
    os.setsid()
if "slow" in words:
    time.sleep(2)
if "other-port-first" in words:
    other = socket.create_server(("127.0.0.1", 0))
    time.sleep(0.5)
six = "ipv6-only" in words
server = socket.socket(socket.AF_INET6 if six else socket.AF_INET)
if six:
    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
if "reuse" in words:
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
if "reuse-port" in words:
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
try:
    server.bind(("::1" if six else "127.0.0.1", 0 if "elsewhere" in words else port))
except OSError as e:
    print(f"cannot bind port {port}: {e}", file=sys.stderr)
    sys.exit(3)
server.listen(64)
if "leaves-child" in words:
    server.set_inheritable(True)
    subprocess.Popen(["sleep", "600"], close_fds=False, start_new_session=True)
print("serving", flush=True)
if again and "ends-again" in words:
    threading.Timer(3, os._exit, (9,)).start()
while True:
    connection = server.accept()[0]
    if again and ("closes-again" in words or "ends-again" in words):
        connection.close()
    else:
        threading.Thread(target=serve, args=(connection,), daemon=True).start()
