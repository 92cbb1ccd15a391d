package dev.rebind.e2e.junit;

import dev.rebind.e2e.cluster.BrokenException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Failures in words. */
public final class Failures {
    private Failures() {}

    /** Messages of what was claimed and of what did not go as it must; the trace of anything else. */
    public static String text(@Nullable Throwable cause) {
        if (cause == null) {
            return "";
        }
        return Stream.concat(Stream.of(cause), Arrays.stream(cause.getSuppressed()))
                .map(Failures::one)
                .collect(Collectors.joining("\n"));
    }

    private static String one(Throwable cause) {
        boolean told = cause instanceof AssertionError
                || cause instanceof BrokenException
                || cause instanceof KubernetesClientException;
        if (told) {
            return String.valueOf(cause.getMessage()).strip();
        }
        var trace = new StringWriter();
        cause.printStackTrace(new PrintWriter(trace));
        return "an error of the test itself: " + trace;
    }
}
