package dev.rebind.e2e.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Programs that users of a cluster call: kubectl, helm, and the commands of the settings. */
public final class Tool {
    private static final Duration USUAL = Duration.ofMinutes(2);
    /** More than "helm test" and "helm --wait" are told to take. */
    private static final Duration HELM = Duration.ofMinutes(11);
    /** What a program is waited for beyond the time that it was told to take. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    private static final Executor READERS = task -> Thread.ofPlatform().daemon().start(task);

    private Tool() {}

    /** How a program ended. */
    public record Ended(int code, String out, String err) {
        public boolean failed() {
            return code != 0;
        }
    }

    public static String kubectl(String... arguments) {
        return must(with("kubectl", arguments), "", time(arguments));
    }

    /** kubectl with a document on its standard input. */
    public static String kubectlGiven(String document, String... arguments) {
        return must(with("kubectl", arguments), document, time(arguments));
    }

    public static Ended tryKubectl(String... arguments) {
        return run(with("kubectl", arguments), "", time(arguments), Map.of());
    }

    public static Ended tryKubectlGiven(String document, String... arguments) {
        return run(with("kubectl", arguments), document, time(arguments), Map.of());
    }

    public static String helm(String command, List<String> arguments) {
        var all = new ArrayList<>(List.of("helm", command));
        all.addAll(arguments);
        return must(all, "", HELM);
    }

    /** A shell command of the settings. */
    public static Ended shell(String command, Map<String, String> environment, Duration longest) {
        return run(List.of("bash", "-c", command), "", longest, environment);
    }

    /**
     * Its standard output.
     *
     * @throws BrokenException unless it ends with 0
     */
    public static String must(List<String> command, String input, Duration longest) {
        Ended ended = run(command, input, longest, Map.of());
        if (ended.failed()) {
            String said = ended.err().isBlank() ? ended.out() : ended.err();
            throw new BrokenException(
                    "$ " + String.join(" ", command) + "\n  exit code " + ended.code() + ": " + said.strip());
        }
        return ended.out();
    }

    /** A program that takes too long is killed, and ends with 124, as from {@code timeout}. */
    public static Ended run(List<String> command, String input, Duration longest, Map<String, String> environment) {
        var builder = new ProcessBuilder(command).directory(Repository.ROOT.toFile());
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            var out = read(process.getInputStream());
            var err = read(process.getErrorStream());
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // It ended without reading all of it: its exit code says why.
            }
            if (!process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
                return new Ended(124, "", "no end within " + longest.toSeconds() + " s");
            }
            return new Ended(process.exitValue(), out.join(), err.join());
        } catch (IOException e) {
            throw new BrokenException(command.getFirst() + " cannot be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokenException("interrupted", e);
        }
    }

    /** Whether a program of this name is on the PATH. */
    public static boolean isThere(String name) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    }

    private static CompletableFuture<String> read(InputStream stream) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (stream) {
                        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
                    } catch (IOException e) {
                        return "";
                    }
                },
                READERS);
    }

    /** kubectl's own --timeout, and a margin; what has none ends by itself. */
    private static Duration time(String... arguments) {
        return Arrays.stream(arguments)
                .filter(argument -> argument.matches("--timeout=\\d+s"))
                .map(argument -> Duration.ofSeconds(Long.parseLong(argument.replaceAll("\\D", "")))
                        .plus(MARGIN))
                .findFirst()
                .filter(time -> time.compareTo(USUAL) > 0)
                .orElse(USUAL);
    }

    private static List<String> with(String program, String... arguments) {
        var command = new ArrayList<String>();
        command.add(program);
        command.addAll(List.of(arguments));
        return command;
    }
}
