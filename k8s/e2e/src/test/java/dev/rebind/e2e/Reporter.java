package dev.rebind.e2e;

import dev.rebind.e2e.Result.Kind;
import dev.rebind.e2e.junit.Failures;
import dev.rebind.e2e.junit.Lane;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/** Tells what lanes do: a line for each check when it has ended, and a table of all at the end. Lanes call it side by side. */
final class Reporter implements TestExecutionListener {
    private final PrintStream out;
    private final Map<String, Result> results = new HashMap<>();
    private final Map<String, String> figures = new LinkedHashMap<>();
    private final Map<String, String> seen = new HashMap<>();
    private final Map<String, Instant> begun = new HashMap<>();

    Reporter(PrintStream out) {
        this.out = out;
    }

    @Override
    public synchronized void executionStarted(TestIdentifier check) {
        begun.put(check.getUniqueId(), Instant.now());
    }

    @Override
    public synchronized void reportingEntryPublished(TestIdentifier check, ReportEntry entry) {
        entry.getKeyValuePairs().forEach((key, value) -> {
            switch (key) {
                case Lane.BEGUN -> begun.put(check.getUniqueId(), Instant.now());
                case Lane.SEEN -> seen.put(check.getUniqueId(), value);
                default -> figures.put(key, value);
            }
        });
    }

    @Override
    public synchronized void executionSkipped(TestIdentifier check, String reason) {
        if (check.isTest()) {
            tell(new Result(check.getDisplayName(), Kind.skipped, Duration.ZERO, reason));
        }
    }

    @Override
    public synchronized void executionFinished(TestIdentifier check, TestExecutionResult result) {
        String why = Failures.text(result.getThrowable().orElse(null));
        if (!check.isTest()) {
            // The checks have been told; this is of the lane itself, such as its removal.
            if (!why.isEmpty()) {
                out.println("lane " + check.getDisplayName() + ": " + why);
            }
            return;
        }
        Duration took = Duration.between(begun.getOrDefault(check.getUniqueId(), Instant.now()), Instant.now());
        String name = check.getDisplayName();
        tell(
                switch (result.getStatus()) {
                    case SUCCESSFUL -> new Result(name, Kind.passed, took, seen.getOrDefault(check.getUniqueId(), ""));
                    case FAILED -> new Result(name, Kind.failed, took, why);
                    case ABORTED ->
                        new Result(
                                name,
                                Kind.skipped,
                                took,
                                result.getThrowable().map(Throwable::getMessage).orElse(""));
                });
    }

    /** A line while it runs; a failure in full. */
    private void tell(Result result) {
        results.put(result.check(), result);
        String seen = result.kind() == Kind.failed ? result.seen() : result.firstLine();
        out.println("%s: %s (%.1f s): %s".formatted(result.kind(), result.check(), seconds(result), seen));
    }

    /**
     * The table, in this order, the figures, and once more what failed: the end is what a log that was cut short still has.
     *
     * @return whether nothing failed
     */
    synchronized boolean summary(List<String> checks) {
        List<Result> rows = checks.stream()
                .map(check -> results.computeIfAbsent(
                        check, name -> new Result(name, Kind.failed, Duration.ZERO, "it was not carried out")))
                .toList();
        int width = checks.stream().mapToInt(String::length).max().orElse(5);
        String row = "%-" + width + "s  %-7s  %7s  %s%n";
        out.println();
        out.printf(row, "check", "result", "seconds", "seen");
        out.println("─".repeat(width + 60));
        for (Result result : rows) {
            out.printf(row, result.check(), result.kind(), "%.1f".formatted(seconds(result)), result.firstLine());
        }
        out.printf("%n%d passed, %d failed, %d skipped%n", count(Kind.passed), count(Kind.failed), count(Kind.skipped));
        if (!figures.isEmpty()) {
            out.println("\nfigures");
            figures.forEach((name, value) -> out.println("  " + name + ": " + value));
        }
        List<Result> failed =
                rows.stream().filter(result -> result.kind() == Kind.failed).toList();
        if (!failed.isEmpty()) {
            out.println("\nfailed");
            failed.forEach(result ->
                    out.println("  " + result.check() + ": " + result.seen().replace("\n", "\n    ")));
        }
        return failed.isEmpty() && !checks.isEmpty();
    }

    private long count(Kind kind) {
        return results.values().stream().filter(result -> result.kind() == kind).count();
    }

    private static double seconds(Result result) {
        return result.took().toMillis() / 1000.0;
    }
}
