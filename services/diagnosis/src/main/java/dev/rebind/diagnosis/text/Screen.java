package dev.rebind.diagnosis.text;

import dev.rebind.diagnosis.Diagnosis;
import dev.rebind.diagnosis.finding.Blocker;
import dev.rebind.diagnosis.finding.Ending;
import dev.rebind.diagnosis.finding.Limit;
import dev.rebind.diagnosis.finding.Remedy;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.Nat;
import dev.rebind.sockets.Series;
import dev.rebind.sockets.posix.Errno;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A diagnosis on one screen, the worst first. Pure. */
public final class Screen {
    private static final int KINDS = 5;

    private final ZoneId zone;
    private final Tense tense;

    /**
     * For somebody who reads it at once.
     *
     * @param zone in which times of day are told
     */
    public Screen(ZoneId zone) {
        this(zone, Tense.LIVE);
    }

    /** @param zone in which times of day are told */
    public Screen(ZoneId zone, Tense tense) {
        this.zone = zone;
        this.tense = tense;
    }

    /** The answer in one sentence or two. */
    public String headline(Diagnosis diagnosis) {
        int port = diagnosis.question().port();
        String why = diagnosis
                .refusal()
                .map(refusal -> LimitText.sentence(refusal, port))
                .orElseGet(() -> diagnosis.blocking().isEmpty()
                        ? ""
                        : BlockerText.clause(diagnosis.blocking().getFirst()) + ".");
        return switch (diagnosis.verdict()) {
            case FREE -> free(diagnosis);
            case TAKEN ->
                diagnosis.refusal().isPresent()
                        ? "A server cannot bind port " + port + where(diagnosis) + ". " + why
                        : "Port " + port + " is taken" + despite(diagnosis) + " and no timer frees it: " + why;
            case FREE_LATER ->
                "Port " + port + " is taken" + despite(diagnosis) + " and becomes free by itself "
                        + new EndingText(diagnosis.at(), zone, tense).when(diagnosis.release()) + ": " + why;
            case NOT_KNOWN ->
                diagnosis.limits().contains(new Limit.Changing())
                        ? "Whether port " + port
                                + " can be bound is not known: it changes while it is looked at, as sockets on it come and go."
                        : notKnown(diagnosis, why);
        };
    }

    private static String notKnown(Diagnosis diagnosis, String why) {
        int port = diagnosis.question().port();
        return (diagnosis.attempts().stream().anyMatch(Attempt::inUse)
                        ? "Port " + port + " is taken" + despite(diagnosis) + ", and when it can be bound is not known"
                        : "Whether and when port " + port + " can be bound is not known")
                + (why.isEmpty() ? "." : diagnosis.refusal().isPresent() ? ". " + why : ": " + why);
    }

    private static String free(Diagnosis diagnosis) {
        int port = diagnosis.question().port();
        boolean empty = diagnosis.beside().isEmpty();
        String tcp = diagnosis.udp().isEmpty() ? "Port " : "TCP port ";
        return tcp + port + " is free: a server can bind "
                + Series.and(diagnosis.attempts().stream()
                        .map(attempt -> attempt.place().toString())
                        .distinct()
                        .toList())
                + " now" + (empty ? "." : ", beside other sockets on the port.") + elsewhere(diagnosis);
    }

    /** A server that is free to bind may still be reached by nobody. */
    private static String elsewhere(Diagnosis diagnosis) {
        List<Nat.Rule> rules = diagnosis.nat() instanceof Nat.Read read ? read.rules() : List.of();
        return rules.isEmpty()
                ? ""
                : rules.stream().anyMatch(rule -> rule.takes() == Nat.Takes.ALL)
                        ? " But address translation sends clients of the port elsewhere."
                        : " But address translation may send some clients of the port elsewhere.";
    }

    /** Where the bind is refused, if it passes elsewhere. */
    private static String where(Diagnosis diagnosis) {
        List<String> free = places(diagnosis, true);
        return free.isEmpty()
                ? ""
                : " on " + Series.and(places(diagnosis, false)) + ", but on " + Series.and(free) + " it can";
    }

    /** Those at which a bind without SO_REUSEADDR passes, or does not. */
    private static List<String> places(Diagnosis diagnosis, boolean binds) {
        return diagnosis.attempts().stream()
                .filter(attempt -> !attempt.reuseAddress() && attempt.binds() == binds)
                .map(attempt -> attempt.place().toString())
                .toList();
    }

    /** Where and for whom it is not. */
    private static String despite(Diagnosis diagnosis) {
        List<String> free = places(diagnosis, true);
        if (!free.isEmpty()) {
            return " on " + Series.and(places(diagnosis, false)) + " (not on " + Series.and(free) + ")";
        }
        boolean withReuse =
                diagnosis.attempts().stream().filter(Attempt::reuseAddress).allMatch(Attempt::binds);
        return withReuse ? " for a server without SO_REUSEADDR (one with it can bind now)" : "";
    }

    /** The answer, the story of the holder, the end and what to do at once, as running text for a log. */
    public String paragraph(Diagnosis diagnosis) {
        var sentences = new ArrayList<String>();
        sentences.add(headline(diagnosis));
        if (!diagnosis.blocking().isEmpty()) {
            Blocker first = diagnosis.blocking().getFirst();
            sentences.addAll(new HolderText(diagnosis.at(), zone, tense).lines(first.holder()));
            if (!(first.ending() instanceof Ending.UntilClosed)) {
                sentences.add(new EndingText(diagnosis.at(), zone, tense)
                        .sentence(first.ending(), first.sockets().size() > 1));
            }
        }
        var text = new RemedyText(diagnosis, zone, tense);
        diagnosis.remedies().stream()
                .filter(Remedy::now)
                .map(remedy -> Words.capital(text.sentence(remedy)))
                .forEach(sentences::add);
        return String.join(" ", sentences);
    }

    /** What to do, as a sentence or two. */
    public String remedy(Diagnosis diagnosis, Remedy remedy) {
        return Words.capital(new RemedyText(diagnosis, zone, tense).sentence(remedy));
    }

    /** What could not be seen, as a sentence. */
    public String limit(Limit limit) {
        return LimitText.sentence(limit);
    }

    /** The whole screen. */
    public List<String> lines(Diagnosis diagnosis) {
        var lines = new ArrayList<String>();
        lines.add(headline(diagnosis));
        diagnosis.cause().ifPresent(cause -> lines.add("Cause: " + cause.name()));
        section(lines, "Bind", attempts(diagnosis));
        section(lines, "In the way", blocking(diagnosis));
        section(lines, "Do now", remedies(diagnosis, true));
        section(lines, "So that it does not come back", remedies(diagnosis, false));
        var clients = new ArrayList<>(
                SharingText.sentences(diagnosis.sharing(), diagnosis.question().port()));
        clients.addAll(SharingText.nat(diagnosis.nat()));
        section(lines, "Who gets the clients", clients);
        section(lines, "Also on the port", beside(diagnosis));
        section(
                lines,
                "Not known",
                diagnosis.limits().stream().map(LimitText::sentence).toList());
        return lines;
    }

    private static void section(List<String> lines, String title, List<String> content) {
        if (!content.isEmpty()) {
            lines.add("");
            lines.add(title);
            content.forEach(line -> lines.add("  " + line));
        }
    }

    private static List<String> attempts(Diagnosis diagnosis) {
        Map<String, List<Attempt>> byPlace = diagnosis.attempts().stream()
                .collect(Collectors.groupingBy(
                        attempt -> attempt.place() + (attempt.place().bothFamilies() ? " (IPv6 and IPv4)" : ""),
                        LinkedHashMap::new,
                        Collectors.toList()));
        return byPlace.entrySet().stream()
                .map(entry -> String.format("%-22s", entry.getKey())
                        + entry.getValue().stream()
                                .map(attempt ->
                                        (attempt.reuseAddress() ? "with SO_REUSEADDR " : "without SO_REUSEADDR ")
                                                + result(attempt.result()))
                                .collect(Collectors.joining(", ")))
                .toList();
    }

    private static String result(Attempt.Result result) {
        return switch (result) {
            case Attempt.Result.Binds _ -> "binds";
            case Attempt.Result.Refused refused -> Errno.name(refused.errno());
            case Attempt.Result.NotKnown(String why) -> "not known (" + why + ")";
        };
    }

    private List<String> blocking(Diagnosis diagnosis) {
        var holders = new HolderText(diagnosis.at(), zone, tense);
        var endings = new EndingText(diagnosis.at(), zone, tense);
        var lines = new ArrayList<String>();
        Object told = null;
        for (Blocker blocker : diagnosis.blocking().stream().limit(KINDS).toList()) {
            lines.add((blocker.certain() ? "" : "Perhaps: ") + Words.capital(BlockerText.clause(blocker)) + ".");
            if (!blocker.holder().equals(told)) {
                holders.lines(blocker.holder()).forEach(line -> lines.add("  " + line));
                told = blocker.holder();
            }
            BlockerText.details(blocker, diagnosis.timeWaitSeconds()).forEach(line -> lines.add("  " + line));
            if (!(blocker.ending() instanceof Ending.UntilClosed(Ending.Reason reason)
                    && reason == Ending.Reason.LISTENS)) {
                lines.add("  "
                        + endings.sentence(blocker.ending(), blocker.sockets().size() > 1));
            }
        }
        if (diagnosis.blocking().size() > KINDS) {
            lines.add(
                    (diagnosis.blocking().size() - KINDS) + " more kinds of sockets stand in the way; --json has all.");
        }
        return lines;
    }

    private List<String> remedies(Diagnosis diagnosis, boolean now) {
        var text = new RemedyText(diagnosis, zone, tense);
        return diagnosis.remedies().stream()
                .filter(remedy -> remedy.now() == now)
                .map((Remedy remedy) -> "- " + Words.capital(text.sentence(remedy)))
                .toList();
    }

    private List<String> beside(Diagnosis diagnosis) {
        var holders = new HolderText(diagnosis.at(), zone, tense);
        var lines = new ArrayList<String>();
        diagnosis.beside().stream()
                .limit(KINDS)
                .forEach(blocker ->
                        lines.add(Words.capital(BlockerText.clause(blocker)) + "; it does not stand in the way."));
        for (Diagnosis.Datagrams udp : diagnosis.udp()) {
            lines.add("UDP is another matter: " + HolderText.name(udp.holder())
                    + (BlockerText.one(udp.holder()) ? " has " : " have ")
                    + (HolderText.perhapsNoProcess(udp.holder()) ? "the socket on UDP " : "UDP ")
                    + udp.socket().local() + ". It keeps no TCP server from binding, but a UDP server (QUIC, DNS).");
            holders.lines(udp.holder()).forEach(line -> lines.add("  " + line));
        }
        return lines;
    }
}
