#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Renders the manifests with kubectl and looks at what has to hold; validates them against the
schemas of Kubernetes where kubectl-validate is in the path (with the CRDs in $SIAMBAN_TEST_CRDS)."""

import base64
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from support import DEPLOY, become, need

become("yaml")
need("kubectl")
import yaml  # noqa: E402

STREAMS = "door rtsp://user:secret@192.0.2.10/s1\n# a comment\n\ngate-2 rtsp://192.0.2.11/s1\n"


def render(folder):
    done = subprocess.run(["kubectl", "kustomize", folder], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "deprecated" not in done.stderr, done.stderr
    return done.stdout


def streams(folder, text, token="a-token-for-the-test"):
    (folder / "streams.txt").write_text(text)
    return subprocess.run([folder / "streams.sh", folder / "streams.txt", folder / "site"],
                          env={**os.environ, "SIAMBAN_SERVE_TOKEN": token}, capture_output=True, text=True)


def check_pod(pod):
    assert pod["automountServiceAccountToken"] is False and pod["securityContext"]["runAsNonRoot"]
    (container,) = pod["containers"]
    security = container["securityContext"]
    assert security["readOnlyRootFilesystem"] and security["capabilities"] == {"drop": ["ALL"]}
    assert not security["allowPrivilegeEscalation"]
    resources = container["resources"]
    assert resources["requests"] == resources["limits"] and resources["limits"]["cpu"].isdigit()
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod["volumes"]}
    return container


def check_site(text):
    documents = list(yaml.safe_load_all(text))
    kinds = {}
    for document in documents:
        kinds.setdefault(document["kind"], {})[document["metadata"]["name"]] = document
    assert set(kinds["Deployment"]) == set(kinds["PodMonitor"]) == {"siamban-door", "siamban-gate-2"}
    assert len(kinds["NetworkPolicy"]) == 1
    for name, source in (("door", "rtsp://user:secret@192.0.2.10/s1"), ("gate-2", "rtsp://192.0.2.11/s1")):
        deployment, monitor = (kinds[kind][f"siamban-{name}"] for kind in ("Deployment", "PodMonitor"))
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        assert deployment["spec"]["selector"]["matchLabels"].items() <= labels.items()
        assert monitor["spec"]["selector"]["matchLabels"].items() <= labels.items()
        assert labels["siamban-stream"] == name
        container = check_pod(deployment["spec"]["template"]["spec"])
        assert container["env"][0] == {"name": "SIAMBAN_SERVE_NAME", "value": name}
        references = {e["name"]: e["valueFrom"]["secretKeyRef"] for e in container["env"] if "valueFrom" in e}
        secret = kinds["Secret"][references["SIAMBAN_SERVE_SOURCE"]["name"]]["data"]
        assert base64.b64decode(secret["source"]).decode() == source
        assert base64.b64decode(secret["token"]).decode() == "a-token-for-the-test"
        (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
        assert endpoint["authorization"]["credentials"] == {**references["SIAMBAN_SERVE_TOKEN"]}
        config = deployment["spec"]["template"]["spec"]["volumes"][0]["configMap"]["name"]
        settings = yaml.safe_load(kinds["ConfigMap"][config]["data"]["stream.yaml"])
        assert str(settings["threads"]) == container["resources"]["limits"]["cpu"], settings


def check_settings(folder):
    """siamban-serve takes the very file: it stops at what is not there, and nothing before."""
    if not shutil.which("siamban-serve"):
        return
    done = subprocess.run(
        ["siamban-serve", "--config-file", folder / "base/stream/stream.yaml"], capture_output=True, text=True,
        timeout=60, env={**os.environ, "SIAMBAN_SERVE_SOURCE": "no-such-file.mp4", "SIAMBAN_SERVE_LISTEN": "127.0.0.1:0",
                         "SIAMBAN_SERVE_TOKEN": "a-token-for-the-test", "SIAMBAN_SERVE_MQTT": "mqtt://127.0.0.1:1"})
    assert done.returncode and "no-such-file.mp4" in done.stderr, done.stderr


def check_mistakes(folder):
    for text, token, word in (("Door rtsp://x\n", "a-token-for-the-test", "line 1"),
                              ("a rtsp://x\na rtsp://y\n", "a-token-for-the-test", "twice"),
                              ("a rtsp://x y\n", "a-token-for-the-test", "line 1"),
                              ("a\n", "a-token-for-the-test", "line 1"), ("a rtsp://x\n", "short", "16")):
        done = streams(folder, text, token)
        assert done.returncode == 2 and word in done.stderr, (text, done)
    assert len(list(yaml.safe_load_all(render(folder / "site")))) == 9, "the last good one is still there"


def validate(folder, texts):
    if not shutil.which("kubectl-validate"):
        print("there is no kubectl-validate: not checked against the schemas")
        return
    crds = os.environ.get("SIAMBAN_TEST_CRDS")
    for i, text in enumerate(texts):
        documents = [d for d in yaml.safe_load_all(text) if crds or d["kind"] != "PodMonitor"]
        path = folder / f"{i}.yaml"
        path.write_text(yaml.safe_dump_all(documents))
        done = subprocess.run(["kubectl-validate", *(["--local-crds", crds] if crds else []), path],
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "kubernetes"
        shutil.copytree(DEPLOY / "kubernetes", folder)
        done = streams(folder, STREAMS)
        assert done.returncode == 0, done
        assert (folder / "site").stat().st_mode & 0o77 == 0
        site, batch = render(folder / "site"), render(folder / "batch")
        check_site(site)
        (job,) = yaml.safe_load_all(batch)
        container = check_pod(job["spec"]["template"]["spec"])
        assert (DEPLOY / container["command"][0]).exists() and job["spec"]["completionMode"] == "Indexed"
        validate(Path(name), [site, batch])
        check_settings(folder)
        check_mistakes(folder)


sys.exit(main())
