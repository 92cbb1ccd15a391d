package dev.rebind.experiment.value;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.jsonFormatVisitors.JsonFormatVisitorWrapper;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations in the format of Kubernetes, for example {@code 100ms}, {@code 5s}, {@code 1m30s}. This is the syntax of Go's {@code
 * time.ParseDuration} without a sign. The resolution is 1 ns; a duration is at most a year, and its text at most 100 characters long.
 */
public final class GoDuration {
    /** The syntax as a regular expression, for schemas. */
    public static final String PATTERN = "^(0|(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$";

    private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+(\\.[0-9]*)?");
    private static final Pattern LONG_UNITS = Pattern.compile("([0-9]+)(d|w|day|days)");

    /** The longest allowed duration. A longer one is a mistake, such as a mistyped unit. */
    public static final Duration LONGEST_SPAN = Duration.ofDays(365);

    private static final BigDecimal MOST = BigDecimal.valueOf(LONGEST_SPAN.toNanos());

    /** Most characters of a duration. The limit exists because the time to parse a number grows with the square of its digits. */
    public static final int LONGEST = 100;

    private GoDuration() {}

    /**
     * Parses a duration.
     *
     * @throws IllegalArgumentException with a message for the person who wrote the text
     */
    public static Duration parse(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "a duration has " + LONGEST + " characters at most, and this one has " + text.length());
        }
        if (text.startsWith("-")) {
            throw new IllegalArgumentException("a duration cannot be negative: " + text);
        }
        if (NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "the duration " + text + " has no unit; write " + text + "s for seconds");
        }
        Matcher days = LONG_UNITS.matcher(text);
        if (days.matches()) {
            throw new IllegalArgumentException(
                    "the largest unit of a duration is h; write " + text + " in hours, such as 24h for a day");
        }
        BigDecimal nanos = BigDecimal.ZERO;
        Matcher part = PART.matcher(text);
        int end = 0;
        while (end < text.length() && part.find() && part.start() == end) {
            nanos = nanos.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(nanosIn(part.group(2)))));
            end = part.end();
        }
        if (text.isEmpty() || end != text.length()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a duration; write it as 100ms, 5s, 1m30s or 2h");
        }
        if (nanos.compareTo(MOST) > 0) {
            throw new IllegalArgumentException(
                    "the duration " + text + " is longer than a year (" + LONGEST_SPAN.toHours() + "h)");
        }
        return Duration.ofNanos(nanos.longValue());
    }

    private static long nanosIn(String unit) {
        return switch (unit) {
            case "ns" -> 1L;
            case "us", "µs", "μs" -> 1_000L;
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            // PART matches no other unit.
            default -> throw new IllegalArgumentException(unit + " is not a unit of time");
        };
    }

    /** Formats a duration so that {@link #parse} can read it: {@code 1m30s}, {@code 1.5s}, {@code 100ms}, {@code 0s}. */
    public static String format(Duration duration) {
        long nanos = duration.toNanos();
        if (nanos == 0) {
            return "0s";
        }
        if (nanos < 1_000_000_000L) {
            return nanos % 1_000_000 == 0
                    ? nanos / 1_000_000 + "ms"
                    : nanos % 1_000 == 0 ? nanos / 1_000 + "us" : nanos + "ns";
        }
        var text = new StringBuilder();
        long hours = duration.toHours();
        if (hours > 0) {
            text.append(hours).append('h');
        }
        if (duration.toMinutesPart() > 0) {
            text.append(duration.toMinutesPart()).append('m');
        }
        BigDecimal seconds = BigDecimal.valueOf(nanos % 60_000_000_000L, 9).stripTrailingZeros();
        if (seconds.signum() > 0) {
            text.append(seconds.toPlainString()).append('s');
        }
        return text.toString();
    }

    /** Marks a {@link Duration} that any Jackson mapper writes and reads in this format. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER})
    @JacksonAnnotationsInside
    @JsonSerialize(using = Writer.class)
    @JsonDeserialize(using = Reader.class)
    public @interface Text {}

    static final class Writer extends StdScalarSerializer<Duration> {
        Writer() {
            super(Duration.class);
        }

        @Override
        public void serialize(Duration value, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeString(format(value));
        }

        @Override
        public void acceptJsonFormatVisitor(JsonFormatVisitorWrapper visitor, JavaType type)
                throws JsonMappingException {
            visitStringFormat(visitor, type);
        }
    }

    static final class Reader extends StdScalarDeserializer<Duration> {
        Reader() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser json, DeserializationContext context) throws IOException {
            try {
                return parse(json.getText());
            } catch (IllegalArgumentException e) {
                throw JsonMappingException.from(json, e.getMessage(), e);
            }
        }
    }
}
