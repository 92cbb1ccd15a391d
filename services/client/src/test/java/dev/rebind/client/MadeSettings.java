package dev.rebind.client;

import dev.rebind.client.connection.ClientSettings;
import dev.rebind.client.connection.ClientSettings.Behaviour;
import dev.rebind.client.connection.ClientSettings.Pauses;
import dev.rebind.client.connection.ClientSettings.Ready;
import dev.rebind.client.connection.ClientSettings.Source;
import dev.rebind.client.traffic.Traffic;
import java.net.InetAddress;
import java.time.Duration;

/**
 * Settings of a client of the loopback address. Unless a test says otherwise, it greets again and again in Rebind's words, asks for the
 * generation, counts as connected with an answer, and reconnects after short pauses from where the kernel likes.
 */
final class MadeSettings {
    private final int port;
    private final int connections;
    private Behaviour behaviour = Behaviour.echo;
    private boolean askGeneration = true;
    private Ready ready = Ready.answer;
    private boolean reconnect = true;
    private Pauses pauses = new Pauses(Duration.ofMillis(5), Duration.ofMillis(50), 0.5);
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Source source = Source.ANY;
    private Traffic traffic = new Traffic.Rebind();

    MadeSettings(int port, int connections) {
        this.port = port;
        this.connections = connections;
    }

    MadeSettings behaviour(Behaviour wanted) {
        behaviour = wanted;
        return this;
    }

    MadeSettings withoutQuestion() {
        askGeneration = false;
        return this;
    }

    MadeSettings readyWhenConnected() {
        ready = Ready.connect;
        return this;
    }

    MadeSettings withoutReconnect() {
        reconnect = false;
        return this;
    }

    MadeSettings pauses(Duration first, Duration longest, double jitter) {
        pauses = new Pauses(first, longest, jitter);
        return this;
    }

    MadeSettings connectTimeout(Duration wanted) {
        connectTimeout = wanted;
        return this;
    }

    /** @param localPort of the first connection, on the loopback address */
    MadeSettings from(int localPort) {
        source = new Source(InetAddress.getLoopbackAddress(), localPort, false);
        return this;
    }

    MadeSettings traffic(Traffic wanted) {
        traffic = wanted;
        return this;
    }

    ClientSettings settings() {
        return new ClientSettings(
                InetAddress.getLoopbackAddress(),
                port,
                connections,
                behaviour,
                Duration.ofMillis(5),
                askGeneration,
                ready,
                reconnect,
                pauses,
                connectTimeout,
                source,
                traffic);
    }
}
