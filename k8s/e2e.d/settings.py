"""What the test is told: variables of the environment, and flags."""

import os
import pathlib
import shlex

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "helm" / "rebind"


def number(name, default):
    return int(os.environ.get(name) or default)


class Settings:
    """Read once, at the start."""

    def __init__(self):
        environment = os.environ
        self.prefix = environment.get("PREFIX") or "rebind-e2e"
        self.loader = environment.get("LOADER") or "none"
        self.loader_command = shlex.split(environment.get("LOADER_COMMAND") or "")
        self.loader_cluster = environment.get("LOADER_CLUSTER") or ""
        self.archive = environment.get("IMAGE_ARCHIVE") or ""
        self.image = environment.get("IMAGE") or ""
        self.servers_image = environment.get("SERVERS_IMAGE") or ""
        self.servers_archive = environment.get("SERVERS_ARCHIVE") or ""
        self.cycles = number("CYCLES", 200)
        self.kills = number("KILLS", 10)
        self.jobs = number("JOBS", 2)
        self.modes = (environment.get("MODES") or "process listener container pod").replace(",", " ").split()
        self.freeze = environment.get("FREEZE_COMMAND") or ""
        self.thaw = environment.get("THAW_COMMAND") or ""
        self.frozen_seconds = number("FROZEN_SECONDS", 60)
        self.freeze_kubelet = environment.get("FREEZE_KUBELET_COMMAND") or ""
        self.thaw_kubelet = environment.get("THAW_KUBELET_COMMAND") or ""
        self.full = bool(environment.get("FULL"))
        self.prometheus = environment.get("PROMETHEUS_URL") or ""
        self.kill = environment.get("KILL_COMMAND") or ""
        self.walk = environment.get("WALK_COMMAND") or ""
        self.patience = number("PATIENCE", 240)
        # Ports of the nodes: one for each lane on the host's network, one for each agent there.
        self.first_port = number("FIRST_PORT", 18080)
        if not self.image:
            version = next(
                line.split(":", 1)[1].strip()
                for line in (CHART / "Chart.yaml").read_text().splitlines()
                if line.startswith("appVersion:")
            )
            self.image = "rebind:" + version.strip('"')
        if self.loader not in ("kind", "k3d", "command", "none"):
            raise SystemExit(f"LOADER is {self.loader}; write kind, k3d, command or none")
        if self.loader == "command" and not self.loader_command:
            raise SystemExit("LOADER=command needs LOADER_COMMAND")
        if self.loader == "command" and self.servers_image and not self.servers_archive:
            raise SystemExit("LOADER=command and SERVERS_IMAGE need SERVERS_ARCHIVE")
        if self.loader in ("k3d", "command") and not self.archive:
            self.archive = str(ROOT / "controller" / "cli" / "target" / "jib-image.tar")

    def loads(self):
        """The commands that make the images known to the nodes; none where they pull them."""
        if self.loader == "none":
            return []
        images = [(self.archive, self.image)]
        if self.servers_image:
            images.append((self.servers_archive, self.servers_image))
        return [self.load(archive, image) for archive, image in images]

    def load(self, archive, image):
        if self.loader == "command":
            return [*self.loader_command, archive]
        if self.loader == "k3d":
            return ["k3d", "image", "import", archive or image, *(["-c", self.loader_cluster] if self.loader_cluster else [])]
        what = ["image-archive", archive] if archive else ["docker-image", image]
        return ["kind", "load", *what, *(["--name", self.loader_cluster] if self.loader_cluster else [])]

    def image_values(self):
        """Helm flags for the image."""
        if "@" in self.image:
            repository, digest = self.image.split("@", 1)
            return ["--set", f"image.repository={repository}", "--set", f"image.digest={digest}"]
        repository, tag = self.image.rsplit(":", 1)
        return ["--set", f"image.repository={repository}", "--set-string", f"image.tag={tag}"]
