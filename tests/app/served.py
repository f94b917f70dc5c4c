# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of siamban-serve share: the program, a camera, and TAP."""

import http.client
import http.server
import json
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

PROGRAM, CLIP = sys.argv[1:3]
BOX = [458, 335, 70, 150]  # the tripod, which stands still
PATIENCE = 90


class Skip(Exception):
    pass


def wait(condition, told=lambda: "", pause=0.1):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(pause)
    raise AssertionError(f"waited in vain {told()}")


class Served:
    """A running siamban-serve."""

    def __init__(self, source, *options, **more):
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [PROGRAM, source, "--listen", "127.0.0.1:0", *options], stderr=self.log, **more)
        self.port = int(self.wait(self.find_port))

    def find_port(self):
        assert self.process.poll() is None, self.read_log()
        found = re.search(r"open http://127\.0\.0\.1:(\d+)/", self.read_log())
        return found and found.group(1)

    def read_log(self):
        self.log.seek(0)
        return self.log.read()

    def wait(self, condition):
        return wait(condition, lambda: f"; it said:\n{self.read_log()}")

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and "Content-Type" not in headers:
            headers["Content-Type"] = "application/json"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, answer.headers, text

    def get(self, path, **headers):
        status, _, text = self.ask("GET", path, **headers)
        assert status == 200, (path, status, text)
        return json.loads(text)

    def post(self, seed, **headers):
        status, _, text = self.ask("POST", "/targets", json.dumps(seed), **headers)
        return status, json.loads(text)

    def is_playing(self):
        return self.get("/targets")["source"] == "playing"

    def seed(self):
        """Where nothing comes between, a frame comes: but the machine is slow."""
        self.wait(lambda: "frame" in self.get("/targets"))
        status, event = self.post({"box": BOX})
        assert status == 201, event
        return event

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        assert code == 0, f"exit code {code}: {self.read_log()}"


class Camera:
    """An MJPEG camera that sends the next of its pictures ten times a second."""

    def __init__(self, pictures, port=0):
        camera = self
        self.works = True
        self.pictures = pictures  # an iterator

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=next")
                self.end_headers()
                while camera.works:
                    jpeg = next(camera.pictures)
                    self.wfile.write(b"--next\r\nContent-Type: image/jpeg\r\n"
                                     b"Content-Length: %d\r\n\r\n" % len(jpeg) + jpeg + b"\r\n")
                    time.sleep(0.1)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def cut(self):
        self.works = False
        self.server.shutdown()
        self.server.server_close()


class Checks:
    """Runs them and says what came of it; speaks TAP."""

    def __init__(self, number):
        print(f"1..{number}", flush=True)
        self.number = self.failed = 0

    def run(self, name, check):
        self.number += 1
        try:
            check()
            print(f"ok {self.number} - {name}", flush=True)
        except Skip as reason:
            print(f"ok {self.number} - {name} # SKIP {reason}", flush=True)
        except (AssertionError, OSError, ValueError, StopIteration) as error:
            self.failed += 1
            print(f"# {type(error).__name__}: {error}".replace("\n", "\n# "))
            print(f"not ok {self.number} - {name}", flush=True)
