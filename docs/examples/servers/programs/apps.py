"""The same small application for each Python server: WSGI, ASGI, aiohttp, Tornado, Flask. Usage: apps.py NAME PORT, with the name of a function below."""

import sys


def wsgi(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "3")])
    return [b"ok\n"]


async def asgi(scope, receive, send):
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"3")]})
    await send({"type": "http.response.body", "body": b"ok\n"})


def aiohttp(port):
    from aiohttp import web

    async def answer(_):
        return web.Response(text="ok\n")

    app = web.Application()
    app.router.add_get("/", answer)
    web.run_app(app, host="127.0.0.1", port=port)


def tornado(port):
    import asyncio
    import tornado.web

    class Answer(tornado.web.RequestHandler):
        def get(self):
            self.write("ok\n")

    async def serve():
        tornado.web.Application([("/", Answer)]).listen(port, "127.0.0.1")
        await asyncio.Event().wait()

    asyncio.run(serve())


def flask(port):
    from flask import Flask

    app = Flask("app")
    app.add_url_rule("/", view_func=lambda: "ok\n")
    app.run("127.0.0.1", port)


def waitress_(port):
    import waitress

    waitress.serve(wsgi, listen=f"127.0.0.1:{port}")


def socketserver(port):
    import socketserver

    class Echo(socketserver.BaseRequestHandler):
        def handle(self):
            while data := self.request.recv(1024):
                self.request.sendall(data)

    socketserver.ThreadingTCPServer(("127.0.0.1", port), Echo).serve_forever()


if __name__ == "__main__":
    globals()[sys.argv[1]](int(sys.argv[2]))
