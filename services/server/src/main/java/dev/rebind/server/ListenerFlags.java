package dev.rebind.server;

import dev.rebind.child.TransportKind;
import dev.rebind.server.listener.ServerSettings.HandlerKind;
import dev.rebind.server.listener.ServerSettings.Service;
import picocli.CommandLine.Option;

/** Flags that say how a server listens and serves: of the server itself, and of an agent that starts servers. */
public final class ListenerFlags {
    @Option(names = "--address", defaultValue = "0.0.0.0", description = "Local address to bind, IPv4 or IPv6.")
    String address = "0.0.0.0";

    @Option(
            names = "--reuse-address",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "true",
            description = "SO_REUSEADDR. On unless turned off, as with Vert.x and the JDK.")
    boolean reuseAddress;

    @Option(
            names = "--reuse-port",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "false",
            description = "SO_REUSEPORT. Not with transport nio, which would ignore it.")
    boolean reusePort;

    @Option(names = "--transport", defaultValue = "nio", description = "How Vert.x does its I/O.")
    TransportKind transport = TransportKind.nio;

    @Option(
            names = "--service",
            defaultValue = "echo",
            description =
                    "echo answers every line with one that carries it; stream writes 'I am server' without end to a"
                            + " client that has said 'I am client'.")
    Service service = Service.echo;

    @Option(
            names = "--handler",
            defaultValue = "own",
            description = "Who serves a connection: the server itself, or a process for each that outlives the server.")
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
