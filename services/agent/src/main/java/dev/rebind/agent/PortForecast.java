package dev.rebind.agent;

import dev.rebind.sockets.release.Forecast;
import dev.rebind.sockets.release.Release;
import dev.rebind.sockets.release.ReleasePredictor;
import java.util.List;

/**
 * A look at a port, and when each of its sockets stops standing in the way. The agent that looked must make the prediction, because the
 * phase of the kernel's timer wheel differs from machine to machine.
 */
public record PortForecast(PortView view, Releases releases) {
    /**
     * The releases of the sockets of {@link PortView#local()} and {@link PortView#remote()}, in the same order; empty where the sockets are
     * unreadable.
     */
    public record Releases(List<Release> local, List<Release> remote) {
        public Releases {
            local = List.copyOf(local);
            remote = List.copyOf(remote);
        }
    }

    public static PortForecast of(PortView view, ReleasePredictor predictor) {
        return new PortForecast(
                view,
                new Releases(
                        predictor.forecast(view.local()).releases(),
                        predictor.forecast(view.remote()).releases()));
    }

    /** The sockets on the port. */
    public Forecast local() {
        return new Forecast(view.local(), releases.local());
    }

    /** The sockets whose far end is the port. */
    public Forecast remote() {
        return new Forecast(view.remote(), releases.remote());
    }
}
