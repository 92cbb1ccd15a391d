package dev.rebind.diagnosis.text;

import dev.rebind.sockets.ForeignText;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Numbers, times and names as people write them. Pure. */
final class Words {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter TENTHS = DateTimeFormatter.ofPattern("HH:mm:ss.S", Locale.ROOT);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    private Words() {}

    static String count(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    /** {@code 42.1 s}, {@code 3 min}, {@code 2 h 10 min}, {@code 5 days}. */
    static String duration(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 120) {
            return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
        }
        if (seconds < 7_200) {
            long rest = seconds % 60;
            return seconds / 60 + " min" + (rest == 0 || seconds >= 1_800 ? "" : " " + rest + " s");
        }
        if (seconds < 172_800) {
            long rest = seconds % 3_600 / 60;
            return seconds / 3_600 + " h" + (rest == 0 ? "" : " " + rest + " min");
        }
        return seconds / 86_400 + " days";
    }

    /** As {@link #duration}, in whole seconds. */
    static String whole(Duration duration) {
        return duration.toSeconds() < 120 ? duration.toSeconds() + " s" : duration(duration);
    }

    /** With a capital, but for the name of a program, which has its own form. */
    static String capital(String text) {
        return text.startsWith("a ")
                        || text.startsWith("an ")
                        || text.startsWith("this ")
                        || text.startsWith("the ")
                        || text.startsWith("it ")
                        || text.startsWith("another ")
                        || text.startsWith("no process ")
                ? Character.toUpperCase(text.charAt(0)) + text.substring(1)
                : text;
    }

    /** A time of day; with the date where it is another day than the look. A text that is kept names the zone, too. */
    static String clock(Instant moment, Instant look, ZoneId zone, Tense tense) {
        boolean today =
                moment.atZone(zone).toLocalDate().equals(look.atZone(zone).toLocalDate());
        return (today ? CLOCK : DAY).format(moment.atZone(zone)) + zone(moment, zone, tense);
    }

    /** As {@link #clock}, of today, with tenths of a second. */
    static String clockTenths(Instant moment, ZoneId zone, Tense tense) {
        return TENTHS.format(moment.atZone(zone)) + zone(moment, zone, tense);
    }

    /** {@code  UTC+02:00}, as what is kept may be read anywhere. */
    private static String zone(Instant moment, ZoneId zone, Tense tense) {
        ZoneOffset offset = zone.getRules().getOffset(moment);
        return switch (tense) {
            case LIVE -> "";
            case KEPT -> " UTC" + (offset.equals(ZoneOffset.UTC) ? "" : offset.getId());
        };
    }

    /** The name that somebody else has given to a program, a user, a device or a unit. */
    static String name(String foreign) {
        return ForeignText.name(foreign);
    }

    static String cut(String whole, int length) {
        return ForeignText.cut(whole, length);
    }
}
