package dev.rebind.diagnosis.look;

import java.nio.file.Path;

/** Looks in the network namespace of a process, or in a named one, and prints what comes of it. */
final class EnterNamespace {
    private EnterNamespace() {}

    public static void main(String[] arguments) throws InterruptedException {
        Path namespace = arguments[0].matches("[0-9]+")
                ? NetNamespaces.ofProcess(Long.parseLong(arguments[0]))
                : NetNamespaces.named(arguments[0]);
        System.out.println(NetNamespaces.in(namespace, () -> "inside"));
    }
}
