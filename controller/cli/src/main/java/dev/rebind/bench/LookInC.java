package dev.rebind.bench;

import dev.rebind.bench.Benchmark.BenchmarkException;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.diag.InetDiagReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Looks at sockets with a C program that {@code cc} compiles. It sends the same requests as Rebind, and only counts the answers. */
final class LookInC implements AutoCloseable {
    private final CompiledProgram program;
    private final Process process;
    private final Writer orders;
    private final BufferedReader answers;

    private LookInC(CompiledProgram program, Process process) {
        this.program = program;
        this.process = process;
        this.orders = process.outputWriter();
        this.answers = process.inputReader();
    }

    static LookInC at(SocketQuery query) throws BenchmarkException, InterruptedException {
        CompiledProgram program = CompiledProgram.of("look.c");
        List<String> command = new ArrayList<>(List.of(program.program().toString()));
        InetDiagReader.requests(query)
                .forEach(request -> command.add(HexFormat.of().formatHex(request)));
        try {
            return new LookInC(
                    program,
                    new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
        } catch (IOException e) {
            program.close();
            throw new BenchmarkException("The C program to compare with cannot be run", e);
        }
    }

    /**
     * Takes one look.
     *
     * @param sockets number of sockets that the look must find
     * @return duration in milliseconds
     */
    double millis(int sockets) throws BenchmarkException {
        try {
            orders.write("look\n");
            orders.flush();
            String line = answers.readLine();
            String[] fields = line == null ? new String[0] : line.split(" ", -1);
            if (fields.length != 2 || Integer.parseInt(fields[0]) != sockets) {
                throw new BenchmarkException("The C program found " + line + ", and not " + sockets + " sockets");
            }
            return Long.parseLong(fields[1]) / 1e6;
        } catch (IOException e) {
            throw new BenchmarkException("The C program to compare with has ended", e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        program.close();
    }
}
