package dev.rebind.cli;

import dev.rebind.experiment.restart.Close;

/** A way in which {@code rebind check} ends a server. */
enum CheckedWay {
    /** SIGTERM, while its clients are connected. */
    stop(Close.server),
    /** SIGKILL. */
    kill(Close.kill),
    /** The clients close first, then SIGTERM. */
    client_first(Close.client),
    /** SIGTERM, while clients have stopped reading and never close. */
    stall(Close.stall),
    /** The command is started a second time while the first still runs; then the first gets SIGTERM. */
    rolling(Close.none);

    private final Close close;

    CheckedWay(Close close) {
        this.close = close;
    }

    Close close() {
        return close;
    }

    /** On the command line, and as the name of its experiment. */
    @Override
    public String toString() {
        return name().replace('_', '-');
    }
}
