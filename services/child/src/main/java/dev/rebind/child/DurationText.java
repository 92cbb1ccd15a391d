package dev.rebind.child;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Durations as people write them: {@code 250ms}, {@code 5s}, {@code 1m30s}, {@code 1.5h}; or ISO 8601, {@code PT0.25S}. Not negative.
 */
public final class DurationText implements ITypeConverter<Duration> {
    private static final Pattern PART = Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,9})?)(ms|s|m|h)");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,9})?");

    @Override
    public Duration convert(String text) {
        if (text.matches("(" + PART + "){1,4}")) {
            return PART.matcher(text)
                    .results()
                    .map(part -> amount(part.group(1), part.group(2)))
                    .reduce(Duration.ZERO, Duration::plus);
        }
        if (NUMBER.matcher(text).matches()) {
            throw new TypeConversionException("'" + text + "' has no unit; write " + text + "s for seconds");
        }
        if (text.startsWith("-")) {
            throw new TypeConversionException("'" + text + "' is negative; a duration is 0s or more");
        }
        try {
            Duration iso = Duration.parse(text);
            if (!iso.isNegative()) {
                return iso;
            }
        } catch (DateTimeParseException notIso) {
            // Said below, in one way for both.
        }
        throw new TypeConversionException(
                "'" + text + "' is not a duration; write it as 250ms, 5s, 1m30s, 2h or PT0.25S");
    }

    private static Duration amount(String number, String unit) {
        long nanos = switch (unit) {
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            default -> 3_600_000_000_000L;
        };
        BigDecimal[] parts = new BigDecimal(number)
                .multiply(BigDecimal.valueOf(nanos))
                .divideAndRemainder(BigDecimal.valueOf(1_000_000_000L));
        return Duration.ofSeconds(parts[0].longValue(), parts[1].longValue());
    }
}
