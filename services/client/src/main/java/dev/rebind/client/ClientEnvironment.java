package dev.rebind.client;

import dev.rebind.child.EnvironmentDefaults;

/** The client's environment variables. */
final class ClientEnvironment extends EnvironmentDefaults {
    ClientEnvironment() {
        super("REBIND_CLIENT_");
    }
}
