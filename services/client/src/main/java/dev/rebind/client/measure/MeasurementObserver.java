package dev.rebind.client.measure;

import dev.rebind.client.protocol.RequestReport.Failure;

/** Is told of everything as it happens, since the client's start; a mark is nothing to it. Called on the event loop. */
public interface MeasurementObserver {
    /** Wants to know nothing. */
    MeasurementObserver NONE = new MeasurementObserver() {
        @Override
        public void answered(long answers) {}

        @Override
        public void roundTrip(long nanos) {}

        @Override
        public void connectFailed(String errno) {}

        @Override
        public void reset() {}

        @Override
        public void lost(long bytes) {}

        @Override
        public void outage(long nanos) {}

        @Override
        public void open(int connections) {}

        @Override
        public void requested() {}

        @Override
        public void requestFailed(Failure failure) {}
    };

    void answered(long answers);

    void roundTrip(long nanos);

    /** @param errno {@code timeout} for the client's own, {@code unknown} where it cannot be told */
    void connectFailed(String errno);

    /** A connection ended with ECONNRESET or EPIPE. */
    void reset();

    /** @param bytes of a request whose answer will not come */
    void lost(long bytes);

    /** An outage is over, which took so long. */
    void outage(long nanos);

    /** So many connections are open now. */
    void open(int connections);

    /** A request of a schedule, or of a tcp connection, was begun. */
    void requested();

    /** Such a request failed. */
    void requestFailed(Failure failure);
}
