package dev.rebind.client.connection;

import dev.rebind.child.Moment;
import dev.rebind.client.measure.MeasurementObserver;
import dev.rebind.client.measure.Outages;
import dev.rebind.client.measure.Requests;
import dev.rebind.client.measure.RoundTrips;
import dev.rebind.client.measure.Tally;
import dev.rebind.client.protocol.RequestReport;
import org.jspecify.annotations.Nullable;

/** What all connections measure into; on the event loop. */
public final class Measures {
    private final MeasurementObserver observer;
    private final Outages outages;
    private final RoundTrips roundTrips = new RoundTrips();
    private final Requests requests;
    private Tally tally = new Tally();
    private Moment clock = Moment.now();

    /** @param observer told of everything as well, whatever is marked */
    public Measures(MeasurementObserver observer) {
        this.observer = observer;
        this.outages = new Outages(observer::outage);
        this.requests = new Requests(observer);
    }

    public MeasurementObserver observer() {
        return observer;
    }

    public Outages outages() {
        return outages;
    }

    public RoundTrips roundTrips() {
        return roundTrips;
    }

    public Requests requests() {
        return requests;
    }

    public Tally tally() {
        return tally;
    }

    public Moment clock() {
        return clock;
    }

    /**
     * A restart begins. The clocks are compared anew, as the wall clock may have been set.
     *
     * @param underWay requests that were sent and are not over
     * @param unansweredConnections as in {@link RequestReport}
     */
    public void mark(long underWay, @Nullable Integer unansweredConnections) {
        outages.mark();
        roundTrips.clear();
        requests.mark(underWay, unansweredConnections);
        tally = new Tally();
        clock = Moment.now();
    }
}
