package dev.rebind.report;

import dev.rebind.record.clients.RequestTotals;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Collectors;

/** Describes failed requests in words. */
public final class RequestWords {
    private RequestWords() {}

    /** For example {@code 12 refused while nobody listened, 3 reset by old server}; the most frequent cause comes first. */
    public static String causes(Map<String, Long> causes) {
        return causes.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(cause -> cause.getValue() + " " + words(cause.getKey()))
                .collect(Collectors.joining(", "));
    }

    /** For example {@code 900 requests, 888 answered, 12 failed: 12 refused while nobody listened}. */
    public static String totals(RequestTotals requests) {
        return Amounts.count(requests.sent(), "request", "requests") + ", " + requests.answered() + " answered, "
                + requests.failed() + " failed"
                + (requests.failed() == 0 ? "" : ": " + causes(requests.failedByCause()));
    }

    /** The words for a cause, for people. They also say so where the cause is unknown. */
    public static String words(String cause) {
        return switch (cause) {
            case "unknown" -> "for a cause that cannot be told";
            case "status" -> "answered with another status";
            case "status_of_old_server" -> "answered with another status by old server";
            case "status_of_new_server" -> "answered with another status by new server";
            default -> cause.replace('_', ' ');
        };
    }
}
