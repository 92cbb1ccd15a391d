package dev.rebind.diagnosis.story;

import dev.rebind.diagnosis.finding.Story;
import dev.rebind.sockets.owners.ProcessStory;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Programs that listen for another one. Pure. */
final class Activators {
    /** Each of them takes its descriptors from a configuration and starts the service for a client. */
    private static final Set<String> SUPERVISORS =
            Set.of("systemd", "systemd-socket-activate", "xinetd", "inetd", "launchd", "s6-ipcserver", "tcpserver");

    /** Options of systemd-socket-activate that have their value in the next argument. */
    private static final Set<String> WITH_VALUE =
            Set.of("-l", "--listen", "-E", "--setenv", "--fdname", "--socket-backlog");

    private Activators() {}

    static Optional<Story> of(ProcessStory process, List<String> units) {
        String name = program(process);
        if (!SUPERVISORS.contains(name)) {
            return Optional.empty();
        }
        String command = name.equals("systemd-socket-activate") ? behindOptions(process.commandLine()) : "";
        // The units are those of the system's manager: a user's, and one in a container, have others.
        return Optional.of(new Story.Activator(
                name.equals("systemd") && process.pid() == 1 ? units : List.of(), command, name.equals("systemd")));
    }

    /** docker-proxy and those that are built after it: rootlessport has its own form and is told by its command line. */
    static Optional<Story> proxy(ProcessStory process) {
        if (!program(process).equals("docker-proxy")) {
            return Optional.empty();
        }
        String address = after(process.commandLine(), "-container-ip");
        String port = after(process.commandLine(), "-container-port");
        return Optional.of(new Story.ProxyFor((address.contains(":") ? "[" + address + "]" : address) + ":" + port));
    }

    /** The file's name, which is not cut; else that of the first argument; else comm, of at most 15 bytes. */
    static String program(ProcessStory process) {
        String path = process.executable()
                .orElse(
                        process.commandLine().isEmpty()
                                ? process.comm()
                                : process.commandLine().getFirst());
        String whole = path.endsWith(" (deleted)") ? path.substring(0, path.length() - " (deleted)".length()) : path;
        Path name = whole.indexOf('\0') < 0 ? Path.of(whole).getFileName() : null;
        return name == null ? process.comm() : name.toString();
    }

    private static String behindOptions(List<String> arguments) {
        int at = 1;
        while (at < arguments.size() && arguments.get(at).startsWith("-")) {
            if (arguments.get(at).equals("--")) {
                at++;
                break;
            }
            at += WITH_VALUE.contains(arguments.get(at)) ? 2 : 1;
        }
        return at >= arguments.size() ? "" : String.join(" ", arguments.subList(at, arguments.size()));
    }

    private static String after(List<String> arguments, String option) {
        int at = Math.max(arguments.indexOf(option), arguments.indexOf("-" + option));
        return at >= 0 && at + 1 < arguments.size() ? arguments.get(at + 1) : "?";
    }
}
