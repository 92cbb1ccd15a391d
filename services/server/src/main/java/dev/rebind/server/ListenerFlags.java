package dev.rebind.server;

import dev.rebind.child.TransportKind;
import dev.rebind.server.listener.ServerSettings.HandlerKind;
import dev.rebind.server.listener.ServerSettings.Service;
import picocli.CommandLine.Option;

/** Flags that say how a server listens and serves: of the server itself, and of an agent that starts servers. */
public final class ListenerFlags {
    @Option(
            names = "--address",
            paramLabel = "ADDRESS",
            defaultValue = "0.0.0.0",
            description = "Local address to bind, IPv4 or IPv6. Default: ${DEFAULT-VALUE}.")
    String address = "0.0.0.0";

    @Option(
            names = "--reuse-address",
            paramLabel = "BOOLEAN",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "true",
            description = "SO_REUSEADDR. On unless turned off, as with Vert.x and the JDK. Default: ${DEFAULT-VALUE}.")
    boolean reuseAddress;

    @Option(
            names = "--reuse-port",
            paramLabel = "BOOLEAN",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "false",
            description = "SO_REUSEPORT. Not with transport nio, which would ignore it. Default: ${DEFAULT-VALUE}.")
    boolean reusePort;

    @Option(
            names = "--transport",
            paramLabel = "TRANSPORT",
            defaultValue = "nio",
            description = "How Vert.x does its I/O: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    TransportKind transport = TransportKind.nio;

    @Option(
            names = "--service",
            paramLabel = "SERVICE",
            defaultValue = "echo",
            description =
                    "echo answers every line with one that carries it; stream writes 'I am server' without end to a"
                            + " client that has said 'I am client'. Default: ${DEFAULT-VALUE}.")
    Service service = Service.echo;

    @Option(
            names = "--handler",
            paramLabel = "HANDLER",
            defaultValue = "own",
            description = "Who serves a connection: own (the server itself) or process (one for each connection, which"
                    + " outlives the server). Default: ${DEFAULT-VALUE}.")
    HandlerKind handler = HandlerKind.own;

    /** An address or, for the server itself, a host name. */
    public String address() {
        return address;
    }

    public boolean reuseAddress() {
        return reuseAddress;
    }

    public boolean reusePort() {
        return reusePort;
    }

    public TransportKind transport() {
        return transport;
    }

    public Service service() {
        return service;
    }

    public HandlerKind handler() {
        return handler;
    }
}
