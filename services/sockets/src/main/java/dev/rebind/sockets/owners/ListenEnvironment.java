package dev.rebind.sockets.owners;

import java.util.List;

/**
 * Whether a process was handed its sockets: LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES of its environment, see
 * sd_listen_fds(3). It is the environment that the process was started with.
 */
public sealed interface ListenEnvironment {
    /**
     * Sockets were handed over, as descriptors from 3 on.
     *
     * @param pid for which process they were meant, in its own PID namespace: a child that inherits the environment without being
     *     meant has another pid
     * @param descriptors how many
     * @param names what the service manager calls them; empty where it does not
     */
    record Passed(int pid, int descriptors, List<String> names) implements ListenEnvironment {
        public Passed {
            names = List.copyOf(names);
        }
    }

    record NotSet() implements ListenEnvironment {}

    /** The environment of this process may not be read: it is another user's, or is not to be looked into. */
    record Unreadable() implements ListenEnvironment {}

    /** @param environ the bytes of {@code /proc/PID/environ} as text: variables with a 0 behind each */
    static ListenEnvironment parse(String environ) {
        String pid = null;
        String descriptors = null;
        List<String> names = List.of();
        for (String variable : environ.split("\0", -1)) {
            if (variable.startsWith("LISTEN_PID=")) {
                pid = variable.substring("LISTEN_PID=".length());
            } else if (variable.startsWith("LISTEN_FDS=")) {
                descriptors = variable.substring("LISTEN_FDS=".length());
            } else if (variable.startsWith("LISTEN_FDNAMES=")) {
                names = List.of(variable.substring("LISTEN_FDNAMES=".length()).split(":", -1));
            }
        }
        if (pid == null || descriptors == null) {
            return new NotSet();
        }
        try {
            return new Passed(Integer.parseInt(pid), Integer.parseInt(descriptors), names);
        } catch (NumberFormatException e) {
            // sd_listen_fds takes nothing from such an environment either.
            return new NotSet();
        }
    }
}
