package dev.rebind.diagnosis.look;

import java.nio.file.Path;

/** Looks in the network namespace that it is in, and in one that is not there, and prints what comes of it. */
final class OwnNamespace {
    private OwnNamespace() {}

    public static void main(String[] arguments) throws InterruptedException {
        Path own = NetNamespaces.ofProcess(ProcessHandle.current().pid());
        System.out.println(NetNamespaces.in(own, () -> "inside"));
        System.out.println(NetNamespaces.in(Path.of("/run/netns/no-such-namespace"), () -> "inside"));
    }
}
