package dev.rebind.diagnosis.story;

import dev.rebind.diagnosis.finding.Story;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the cgroup of a process says of it: the container's id as runtimes name it, or the unit of systemd. Pure. */
final class Cgroups {
    /** containerd, CRI-O, Docker and Podman: 64 hex digits, bare or as {@code docker-….scope}. */
    private static final Pattern CONTAINER = Pattern.compile("(?<![0-9a-f])([0-9a-f]{64})(?![0-9a-f])");

    private static final Pattern POD = Pattern.compile("pod([0-9a-f]{8}[-_][0-9a-f_-]{27})");
    /** The characters that systemd.unit(5) allows: a cgroup may have any name, and this one becomes part of a command. */
    private static final Pattern UNIT = Pattern.compile("/([A-Za-z0-9:_.\\\\@-]+\\.(?:service|socket))(?=/|\\n|$)");

    private static final Pattern USER_MANAGER = Pattern.compile("user@(\\d{1,10})\\.service");

    private Cgroups() {}

    /**
     * @param cgroup the text of {@code /proc/PID/cgroup}
     * @param serves whether the process is one that its unit serves with
     */
    static Optional<Story> story(String cgroup, boolean serves) {
        Matcher container = CONTAINER.matcher(cgroup);
        if (container.find()) {
            Matcher pod = POD.matcher(cgroup);
            return Optional.of(new Story.Container(
                    container.group(1), pod.find() ? Optional.of(pod.group(1).replace('_', '-')) : Optional.empty()));
        }
        return unit(cgroup).map(unit -> new Story.Unit(unit.name(), unit.user(), serves));
    }

    /** @param user the uid of the user whose service manager has it; empty for one of the system */
    record Unit(String name, OptionalLong user) {}

    static Optional<Unit> unit(String cgroup) {
        OptionalLong user = OptionalLong.empty();
        Optional<String> last = Optional.empty();
        Matcher unit = UNIT.matcher(cgroup);
        while (unit.find()) {
            Matcher manager = USER_MANAGER.matcher(unit.group(1));
            if (manager.matches()) {
                // It is a user's manager, and everything of the user is in it.
                user = OptionalLong.of(Long.parseLong(manager.group(1)));
                last = Optional.empty();
            } else {
                last = Optional.of(unescaped(unit.group(1)));
            }
        }
        OptionalLong of = user;
        return last.map(name -> new Unit(name, of));
    }

    /** systemd puts a line before a name that the kernel could take for a file of its own, as that of cpu.service (cg_escape). */
    private static String unescaped(String name) {
        return name.startsWith("_") ? name.substring(1) : name;
    }
}
