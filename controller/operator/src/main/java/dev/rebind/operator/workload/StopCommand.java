package dev.rebind.operator.workload;

import java.util.List;

/** The command that ends the main process of a container from within. */
final class StopCommand {
    /** The default command in messages for people. */
    static final String SHOWN = "sh -c 'kill 1'";

    /**
     * Runs {@code kill 1}, unless process 1 would ignore the signal. From inside a PID namespace, the kernel delivers
     * to process 1 only signals for which the process has a handler (pid_namespaces(7)). Bit 14 of SigCgt in
     * /proc/1/status says whether it has a handler for SIGTERM (15) (proc_pid_status(5)). If it has one, the fourth
     * hexadecimal digit from the right contains the value 4. The script uses only built-in commands of a POSIX shell,
     * because an image may have nothing else. Its first argument is the process id; the default is 1.
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

    /** Returns the command that the experiment names, or the default command. */
    static List<String> of(TargetPod target) {
        return target.stopCommand().isEmpty() ? USUAL : target.stopCommand();
    }

    /** Returns a command as it is shown to people. */
    static String shown(List<String> command) {
        return command.equals(USUAL) ? SHOWN : String.join(" ", command);
    }
}
