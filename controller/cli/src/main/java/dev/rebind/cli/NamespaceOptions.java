package dev.rebind.cli;

import dev.rebind.child.PidText;
import dev.rebind.diagnosis.look.NetNamespaces;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that select the network namespace of a command. */
final class NamespaceOptions {
    @Option(
            names = "--pid",
            paramLabel = "PID",
            converter = PidText.class,
            description = "Looks in the network namespace of this process. Without it and --netns, in its own.")
    @Nullable
    Long pid;

    @Option(
            names = "--netns",
            paramLabel = "NAME",
            description = "Looks in this network namespace of ip-netns(8). Without it and --pid, in its own.")
    @Nullable
    String netns;

    /** What is wrong with the options; empty where nothing is. */
    String wrong() {
        if (pid != null && netns != null) {
            return "--pid and --netns are two namespaces; name one";
        }
        if (netns != null && (netns.isEmpty() || netns.contains("/"))) {
            return "--netns takes the name of a namespace, and no path";
        }
        return "";
    }

    /** Calls the task in the selected namespace, or in the present one where none was selected. */
    <T> NetNamespaces.Answer<T> call(Callable<T> task) throws Exception {
        Path namespace = pid != null ? NetNamespaces.ofProcess(pid) : netns != null ? NetNamespaces.named(netns) : null;
        if (namespace != null) {
            return NetNamespaces.in(namespace, task);
        }
        return new NetNamespaces.Answer.Done<>(task.call());
    }
}
