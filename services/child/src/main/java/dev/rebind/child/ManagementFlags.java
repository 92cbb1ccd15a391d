package dev.rebind.child;

import picocli.CommandLine.Option;

/** Flags of the management port, for every program that has one. */
public final class ManagementFlags {
    @Option(
            names = "--management-port",
            paramLabel = "PORT",
            defaultValue = "0",
            converter = PortText.OrZero.class,
            description = "Port of /livez, /readyz and /metrics over HTTP; 0: none. Default: ${DEFAULT-VALUE}.")
    int port;

    @Option(
            names = "--management-address",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Local address of the management port. Default: ${DEFAULT-VALUE}.")
    String address = "127.0.0.1";

    /** Whether the port is wanted. */
    public boolean wanted() {
        return port != 0;
    }

    public int port() {
        return port;
    }

    /** An address or a host name, as it was given. */
    public String address() {
        return address;
    }

    /** What to say when the port could not be opened. */
    public String notOpened(Management.Opening.Failed failed) {
        return "The management port " + address + ":" + port + " could not be opened (" + failed.why()
                + "); give another with --management-port.";
    }
}
