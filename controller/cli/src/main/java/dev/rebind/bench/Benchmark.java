package dev.rebind.bench;

import java.io.IOException;
import java.util.List;

/** Measures one thing. Blocks; leaves nothing behind but sockets in TIME_WAIT. */
public enum Benchmark {
    /** One port's sockets among very many. */
    view {
        @Override
        public List<FigureComparison> measure(Size size) throws BenchmarkException, InterruptedException {
            return PortAmongMany.measure(size.sockets(), size.rounds());
        }
    },
    /** The looks of a sampler at sockets that it knows. */
    tick {
        @Override
        public List<FigureComparison> measure(Size size) throws BenchmarkException, InterruptedException {
            return SamplerTicks.measure(size.sockets(), size.rounds());
        }
    },
    /** Restarts of a listener in one process. */
    listener {
        @Override
        public List<FigureComparison> measure(Size size) throws BenchmarkException {
            return ListenerRestarts.measure(size.sockets(), size.rounds());
        }
    },
    /** Restarts of a server that is a process. */
    process {
        @Override
        public List<FigureComparison> measure(Size size) throws BenchmarkException, InterruptedException {
            return ProcessRestarts.measure(size.sockets(), size.rounds());
        }
    },
    /** The start of a server that is a process, and its memory. */
    start {
        @Override
        public List<FigureComparison> measure(Size size) throws BenchmarkException, InterruptedException {
            return ServerStart.measure(size.rounds());
        }
    },
    /** The answer of {@code rebind why}, from the start of the command to its end, and its memory. */
    why {
        @Override
        public List<FigureComparison> measure(Size size) throws BenchmarkException, InterruptedException {
            return WhyCommands.measure(size);
        }
    },
    /** The explanation of a failed bind, in the process whose bind has failed. */
    failure {
        @Override
        public List<FigureComparison> measure(Size size) throws BenchmarkException, InterruptedException {
            return BindFailures.measure(size);
        }
    },
    /** The answer of {@code rebind audit} while very many servers listen. */
    audit {
        @Override
        public List<FigureComparison> measure(Size size) throws BenchmarkException, InterruptedException {
            return AuditCommands.measure(size.rounds());
        }
    },
    /** The clients' requests by a schedule. */
    requests {
        @Override
        public List<FigureComparison> measure(Size size) throws BenchmarkException, InterruptedException {
            return RequestSchedule.measure(size.rounds());
        }
    };

    /**
     * @param sockets how many stand beside what is measured, the second time
     * @param processes how many run beside {@code why} and {@code failure}
     * @param rounds how often each thing is done, 1 or more; both sides in turn
     */
    public record Size(int sockets, int processes, int rounds) {}

    /** @throws BenchmarkException when it cannot be measured here; the message says why */
    public abstract List<FigureComparison> measure(Size size) throws BenchmarkException, InterruptedException;

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
