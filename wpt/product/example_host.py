"""The host `example`.

Some tests fetch `https://example/…` from another origin and want it to answer. It is no host of wptserve's, so that it
gets a small server of its own, with a certificate of its own, which lets every origin do everything. The engine
reaches it by a host rule; nothing listens on port 443.
"""

import http.server
import os
import ssl
import subprocess
import tempfile
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Who says nothing for so long is gone, in seconds.
    timeout = 10

    def setup(self):
        # In the connection's own thread: whoever does not finish the handshake holds nobody up.
        self.request.settimeout(self.timeout)
        self.request.do_handshake()
        super().setup()

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b"" if self.command in ("OPTIONS", "HEAD") else b"example"
        self.send_response(204 if self.command == "OPTIONS" else 200)
        self.send_header("Access-Control-Allow-Origin", "*")
        if self.command == "OPTIONS":
            self.send_header("Access-Control-Allow-Methods", self.headers.get("Access-Control-Request-Method", ""))
            self.send_header("Access-Control-Allow-Headers", self.headers.get("Access-Control-Request-Headers", ""))
        else:
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = answer

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # A peer that went away, or does not trust us: its own test will tell.


class ExampleHost:
    """Runs the server while the test environment is up."""

    # The one that runs, for those who start engines.
    running = None

    def __init__(self, _options, _config):
        pass

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="ferry-example-")
        key = os.path.join(self.folder.name, "example.key")
        self.certificate = os.path.join(self.folder.name, "example.pem")
        # The run's own authority may sign for the hosts of wptserve alone.
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out",
             self.certificate, "-subj", "/CN=example", "-addext", "subjectAltName=DNS:example", "-addext",
             "basicConstraints=critical,CA:FALSE"],
            check=True, capture_output=True)
        self.server = Server(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self.server.socket = context.wrap_socket(
            self.server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, name="example", daemon=True).start()
        ExampleHost.running = self
        return self

    def __exit__(self, *_):
        ExampleHost.running = None
        self.server.shutdown()
        self.server.server_close()
        self.folder.cleanup()

    @property
    def rule(self):
        return f"example:443=127.0.0.1:{self.server.server_address[1]}"
