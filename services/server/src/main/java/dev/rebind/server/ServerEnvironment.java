package dev.rebind.server;

import dev.rebind.child.EnvironmentDefaults;

/** The server's environment variables. */
final class ServerEnvironment extends EnvironmentDefaults {
    ServerEnvironment() {
        super("REBIND_SERVER_");
    }
}
