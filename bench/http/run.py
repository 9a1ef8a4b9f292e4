#!/usr/bin/env python3
"""HTTP server: CPU per request beside nginx, and memory per idle connection.

    python3 bench/http/run.py [build directory, default build] [--seconds 5] [--idle 8000]

Needs a Release build of bench_http_server, wrk, and nginx for the comparison (left out when absent). CPU time comes
from /proc/<pid>/stat, so other work on the machine disturbs it little; memory is the growth of private dirty pages.
"""
import argparse
import base64
import os
import resource
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TICK_US = 1_000_000 / os.sysconf("SC_CLK_TCK")
CONNECTIONS = 64


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"nothing listens on port {port}")


def cpu_us(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * TICK_US


def private_bytes(pid):
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Private_Dirty"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("no smaps_rollup")


def wrk(url, seconds):
    out = subprocess.run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", url], capture_output=True, text=True, check=True)
    for line in out.stdout.splitlines():
        if "requests in" in line:
            return int(line.split()[0])
    raise RuntimeError(out.stdout)


def measure(pid, url, seconds):
    wrk(url, 1)
    best = None
    for _ in range(3):
        before = cpu_us(pid)
        requests = wrk(url, seconds)
        cost = (cpu_us(pid) - before) / requests
        best = min(best or cost, cost)
    return best


class Parvis:
    def __init__(self, build, directory):
        self.port, self.tls_port = free_port(), free_port()
        key, certificate = directory / "key.pem", directory / "certificate.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-keyout", key, "-out", certificate],
            check=True, stderr=subprocess.DEVNULL)
        self.process = subprocess.Popen(
            [build / "bench/http/bench_http_server", str(self.port), str(self.tls_port), certificate, key])
        self.pid = self.process.pid
        wait_for(self.port)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class Nginx:
    def __init__(self, directory):
        self.port = free_port()
        (directory / "plain").write_text("Bonjour")
        (directory / "nginx.conf").write_text(f"""
daemon off; master_process off; pid {directory}/nginx.pid; error_log {directory}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000000; default_type text/plain;
  client_body_temp_path {directory}/t1; proxy_temp_path {directory}/t2; fastcgi_temp_path {directory}/t3;
  uwsgi_temp_path {directory}/t4; scgi_temp_path {directory}/t5;
  server {{
    listen 127.0.0.1:{self.port};
    location = /return {{ return 200 "Bonjour"; }}
    location / {{ root {directory}; }}
  }}
}}
""")
        self.process = subprocess.Popen(["nginx", "-c", directory / "nginx.conf", "-p", directory],
                                        stderr=subprocess.DEVNULL)
        self.pid = self.process.pid
        wait_for(self.port)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


HEADS = {
    "keep-alive": b"GET /plain HTTP/1.1\r\nHost: a\r\n\r\n",
    "long poll": b"GET /hold HTTP/1.1\r\nHost: a\r\n\r\n",
    "WebSocket": b"GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                 b"Sec-WebSocket-Key: " + base64.b64encode(bytes(16)) + b"\r\n"
                 b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
}


def open_idle(port, kind, context):
    peer = socket.create_connection(("127.0.0.1", port))
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as browsers do; else each handshake waits 40 ms
    if context:
        peer = context.wrap_socket(peer)
    peer.sendall(HEADS[kind])
    if kind != "long poll":
        assert peer.recv(4096).startswith(b"HTTP/1.1 ")
    if kind == "WebSocket":
        peer.sendall(b"\x81\x82\0\0\0\0hi")  # one message there and back: a socket that has been used
        assert peer.recv(100) == b"\x81\x02hi"
    return peer


def idle_bytes(build, directory, kind, count, tls):
    context = None
    if tls:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with Parvis(build, directory) as server:
        port = server.tls_port if tls else server.port
        peers = [open_idle(port, kind, context) for _ in range(100)]
        time.sleep(0.3)
        before = private_bytes(server.pid)
        peers += [open_idle(port, kind, context) for _ in range(count)]
        time.sleep(0.5)
        return (private_bytes(server.pid) - before) / count


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", nargs="?", default="build", type=Path)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--idle", type=int, default=8000)
    options = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(options.idle, hard - 500)

    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        costs = {}
        with Parvis(options.build, directory) as server:
            costs["parvis plain"] = measure(server.pid, f"http://127.0.0.1:{server.port}/plain", options.seconds)
            costs["parvis JSON 250 B"] = measure(server.pid, f"http://127.0.0.1:{server.port}/json", options.seconds)
            costs["parvis plain, TLS 1.3"] = measure(server.pid, f"https://127.0.0.1:{server.tls_port}/plain", options.seconds)
        if shutil.which("nginx"):
            with Nginx(directory) as peer:
                costs["nginx return"] = measure(peer.pid, f"http://127.0.0.1:{peer.port}/return", options.seconds)
                costs["nginx static file"] = measure(peer.pid, f"http://127.0.0.1:{peer.port}/plain", options.seconds)
        print(f"{'CPU per request, ' + str(CONNECTIONS) + ' connections':40} {'us':>7} {'to parvis plain':>16}")
        for label, cost in costs.items():
            print(f"{label:40} {cost:7.2f} {cost / costs['parvis plain']:16.2f}")
        print(f"\n{'memory per idle connection':40} {'bytes':>7}")
        for kind in HEADS:
            print(f"{kind:40} {idle_bytes(options.build, directory, kind, count, False):7.0f}")
        for kind in ("keep-alive", "WebSocket"):
            print(f"{kind + ' over TLS':40} {idle_bytes(options.build, directory, kind, count // 2, True):7.0f}")


if __name__ == "__main__":
    main()
