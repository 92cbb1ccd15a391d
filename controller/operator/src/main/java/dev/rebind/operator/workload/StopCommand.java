package dev.rebind.operator.workload;

import java.util.List;

/** The command that ends the main process of a container from within. */
final class StopCommand {
    /** What people call the usual one. */
    static final String SHOWN = "sh -c 'kill 1'";

    /**
     * {@code kill 1}, but for a process that would not notice: the kernel gives process 1 of a PID namespace no signal from
     * within that it has no handler for (pid_namespaces(7)). Whether it has one for SIGTERM (15) is bit 14 of SigCgt in
     * /proc/1/status (proc_pid_status(5)): the fourth hexadecimal digit from the right is one with the value 4 in it. Built-in
     * commands of a POSIX shell only, as an image may have nothing else. The number of the process is the first argument, else 1.
     */
    private static final String SCRIPT = """
            p=${1:-1}
            while read -r k v; do
              [ "$k" = SigCgt: ] && c=$v
            done 2>/dev/null </proc/$p/status
            case ${c#????????????} in
              [89abAB0-3]???)
                echo "process $p has no handler for SIGTERM, so kill does not end it;\
             write spec.target.workloadRef.stopCommand, or have the image run an init (tini) as process 1"
                exit 3;;
            esac
            kill $p
            """;

    private static final List<String> USUAL = List.of("sh", "-c", SCRIPT);

    private StopCommand() {}

    /** What the experiment names, else the usual one. */
    static List<String> of(TargetPod target) {
        return target.stopCommand().isEmpty() ? USUAL : target.stopCommand();
    }

    /** A command as people are told of it. */
    static String shown(List<String> command) {
        return command.equals(USUAL) ? SHOWN : String.join(" ", command);
    }
}
