package dev.rebind.cli;

import dev.rebind.experiment.restart.Close;

/** A way in which {@code rebind check} ends a server. */
enum CheckedWay {
    /** Sends SIGTERM while clients are connected. */
    stop(Close.server),
    /** Sends SIGKILL. */
    kill(Close.kill),
    /** Lets the clients close first, then sends SIGTERM. */
    client_first(Close.client),
    /** Sends SIGTERM while clients have stopped reading and never close. */
    stall(Close.stall),
    /** Starts the command a second time while the first run goes on; then sends SIGTERM to the first. */
    rolling(Close.none);

    private final Close close;

    CheckedWay(Close close) {
        this.close = close;
    }

    Close close() {
        return close;
    }

    /** The word on the command line, which is also the name of the experiment. */
    @Override
    public String toString() {
        return name().replace('_', '-');
    }
}
