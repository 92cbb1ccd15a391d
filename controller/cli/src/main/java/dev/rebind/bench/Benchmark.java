package dev.rebind.bench;

import java.io.IOException;
import java.util.List;

/** Measures one thing. Blocks; leaves nothing behind but sockets in TIME_WAIT. */
public enum Benchmark {
    /** One port's sockets among very many. */
    view {
        @Override
        public List<Comparison> measure(Size size) throws BenchmarkException, InterruptedException {
            return PortAmongMany.measure(size.sockets(), size.rounds());
        }
    },
    /** Restarts of a listener in one process. */
    listener {
        @Override
        public List<Comparison> measure(Size size) throws BenchmarkException {
            return ListenerRestarts.measure(size.rounds());
        }
    },
    /** Restarts of a server that is a process. */
    process {
        @Override
        public List<Comparison> measure(Size size) throws BenchmarkException, InterruptedException {
            return ProcessRestarts.measure(size.rounds());
        }
    },
    /** The start of a server that is a process, and its memory. */
    start {
        @Override
        public List<Comparison> measure(Size size) throws BenchmarkException, InterruptedException {
            return ServerStart.measure(size.rounds());
        }
    };

    /**
     * @param sockets how many stand on the machine while one port is looked at
     * @param rounds how often each thing is done, 1 or more; both sides in turn
     */
    public record Size(int sockets, int rounds) {}

    /** @throws BenchmarkException when it cannot be measured here; the message says why */
    public abstract List<Comparison> measure(Size size) throws BenchmarkException, InterruptedException;

    /** Something that a benchmark needs is not to be had. */
    public static final class BenchmarkException extends Exception {
        private static final long serialVersionUID = 1;

        BenchmarkException(String message) {
            super(message);
        }

        BenchmarkException(String message, IOException cause) {
            super(message + ": " + cause.getMessage(), cause);
        }
    }
}
