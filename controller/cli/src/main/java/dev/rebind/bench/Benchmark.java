package dev.rebind.bench;

import java.io.IOException;
import java.util.List;

/** The benchmarks. Each one blocks, and leaves nothing behind except sockets in TIME_WAIT. */
public enum Benchmark {
    /** Reads the sockets of one port among very many others. */
    view {
        @Override
        public List<FigureComparison> measure(Size size) throws BenchmarkException, InterruptedException {
            return PortAmongMany.measure(size.sockets(), size.rounds());
        }
    },
    /** Repeats a sampler's looks at sockets that it knows already. */
    tick {
        @Override
        public List<FigureComparison> measure(Size size) throws BenchmarkException, InterruptedException {
            return SamplerTicks.measure(size.sockets(), size.rounds());
        }
    },
    /** Restarts a listener within one process. */
    listener {
        @Override
        public List<FigureComparison> measure(Size size) throws BenchmarkException {
            return ListenerRestarts.measure(size.sockets(), size.rounds());
        }
    },
    /** Restarts a server that is a process of its own. */
    process {
        @Override
        public List<FigureComparison> measure(Size size) throws BenchmarkException, InterruptedException {
            return ProcessRestarts.measure(size.sockets(), size.rounds());
        }
    },
    /** Measures the start of a server process, and its memory. */
    start {
        @Override
        public List<FigureComparison> measure(Size size) throws BenchmarkException, InterruptedException {
            return ServerStart.measure(size.rounds());
        }
    },
    /** Measures {@code rebind why} from the start of the command to its end, and its memory. */
    why {
        @Override
        public List<FigureComparison> measure(Size size) throws BenchmarkException, InterruptedException {
            return WhyCommands.measure(size);
        }
    },
    /** Explains a failed bind in the process whose bind has failed. */
    failure {
        @Override
        public List<FigureComparison> measure(Size size) throws BenchmarkException, InterruptedException {
            return BindFailures.measure(size);
        }
    },
    /** Runs {@code rebind audit} while very many servers listen. */
    audit {
        @Override
        public List<FigureComparison> measure(Size size) throws BenchmarkException, InterruptedException {
            return AuditCommands.measure(size.rounds());
        }
    },
    /** Sends the clients' requests by a schedule. */
    requests {
        @Override
        public List<FigureComparison> measure(Size size) throws BenchmarkException, InterruptedException {
            return RequestSchedule.measure(size.rounds());
        }
    };

    /**
     * @param sockets number of additional sockets in the second measurement
     * @param processes number of additional processes for {@code why} and {@code failure}
     * @param rounds how often each thing is measured, 1 or more; Rebind and its peer take turns
     */
    public record Size(int sockets, int processes, int rounds) {}

    /**
     * Runs the benchmark.
     *
     * @throws BenchmarkException when it cannot run here; the message says why
     */
    public abstract List<FigureComparison> measure(Size size) throws BenchmarkException, InterruptedException;

    /** A benchmark lacks something that it needs. */
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
