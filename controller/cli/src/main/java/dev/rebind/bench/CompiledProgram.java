package dev.rebind.bench;

import dev.rebind.bench.Benchmark.BenchmarkException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A C program that {@code cc} compiles into a temporary folder. Closing it deletes the folder and everything the program wrote there. */
record CompiledProgram(Path folder, Path program) implements AutoCloseable {
    /** @param source name of the C file next to this class */
    static CompiledProgram of(String source) throws BenchmarkException, InterruptedException {
        CompiledProgram made = null;
        try (InputStream text = CompiledProgram.class.getResourceAsStream(source)) {
            if (text == null) {
                throw new BenchmarkException(
                        "The source of a C program, " + source + ", is missing; build Rebind again");
            }
            Path folder = Files.createTempDirectory("rebind-bench");
            made = new CompiledProgram(folder, folder.resolve("program"));
            Path file = folder.resolve("program.c");
            Files.copy(text, file);
            int exit = new ProcessBuilder("cc", "-O2", "-o", made.program().toString(), file.toString())
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.INHERIT)
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new BenchmarkException("cc could not compile " + source);
            }
            CompiledProgram done = made;
            made = null;
            return done;
        } catch (IOException e) {
            throw new BenchmarkException("A C program cannot be compiled; install cc", e);
        } finally {
            if (made != null) {
                made.close();
            }
        }
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : Stream.concat(files, Stream.of(folder)).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // The folder is a temporary one, so it may stay.
            return;
        }
    }
}
