package dev.rebind.child;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as people write them: {@code 250ms}, {@code 5s}, {@code 2m}, {@code 1h}; or ISO 8601, {@code PT0.25S}. Not negative. */
public final class DurationText implements ITypeConverter<Duration> {
    private static final Pattern SHORT = Pattern.compile("(\\d{1,12})(ms|s|m|h)");

    @Override
    public Duration convert(String text) {
        Matcher matcher = SHORT.matcher(text);
        if (matcher.matches()) {
            long amount = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                default -> Duration.ofHours(amount);
            };
        }
        try {
            Duration iso = Duration.parse(text);
            if (!iso.isNegative()) {
                return iso;
            }
        } catch (DateTimeParseException notIso) {
            // Said below, in one way for both.
        }
        throw new TypeConversionException("'" + text + "' is not a duration such as 250ms, 5s, 2m or PT0.25S");
    }
}
