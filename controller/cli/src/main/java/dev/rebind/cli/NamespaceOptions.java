package dev.rebind.cli;

import dev.rebind.child.PidText;
import dev.rebind.diagnosis.look.NetNamespaces;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which network namespace a command looks at. */
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

    /** What is wrong with them; empty where nothing is. */
    String wrong() {
        if (pid != null && netns != null) {
            return "--pid and --netns are two namespaces; name one";
        }
        if (netns != null && (netns.isEmpty() || netns.contains("/"))) {
            return "--netns takes the name of a namespace, and no path";
        }
        return "";
    }

    /** Calls it in the namespace that was named, or here where none was. */
    <T> NetNamespaces.Answer<T> call(Callable<T> task) throws Exception {
        Path namespace = pid != null ? NetNamespaces.ofProcess(pid) : netns != null ? NetNamespaces.named(netns) : null;
        if (namespace != null) {
            return NetNamespaces.in(namespace, task);
        }
        return new NetNamespaces.Answer.Done<>(task.call());
    }
}
