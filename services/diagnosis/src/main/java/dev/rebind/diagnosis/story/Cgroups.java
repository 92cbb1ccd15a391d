package dev.rebind.diagnosis.story;

import dev.rebind.diagnosis.finding.Story;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the cgroup of a process says of it: the container's id as runtimes name it, or the unit of systemd. Pure. */
final class Cgroups {
    /** containerd, CRI-O, Docker and Podman: 64 hex digits, bare or as {@code docker-….scope}. */
    private static final Pattern CONTAINER = Pattern.compile("(?<![0-9a-f])([0-9a-f]{64})(?![0-9a-f])");

    private static final Pattern POD = Pattern.compile("pod([0-9a-f]{8}[-_][0-9a-f_-]{27})");
    private static final Pattern UNIT = Pattern.compile("/([^/\\n]+\\.(?:service|socket))(?=/|\\n|$)");

    private Cgroups() {}

    /** @param cgroup the text of {@code /proc/PID/cgroup} */
    static Optional<Story> story(String cgroup) {
        Matcher container = CONTAINER.matcher(cgroup);
        if (container.find()) {
            Matcher pod = POD.matcher(cgroup);
            return Optional.of(new Story.Container(
                    container.group(1), pod.find() ? Optional.of(pod.group(1).replace('_', '-')) : Optional.empty()));
        }
        Matcher unit = UNIT.matcher(cgroup);
        String last = "";
        while (unit.find()) {
            last = unit.group(1);
        }
        // user@1000.service is a user's manager, and everything of the user is in it.
        return last.isEmpty() || last.startsWith("user@") ? Optional.empty() : Optional.of(new Story.Unit(last));
    }
}
