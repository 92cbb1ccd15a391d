package dev.rebind.diagnosis.look;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.Audit;
import dev.rebind.diagnosis.Diagnosis;
import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.decide.Decision;
import dev.rebind.diagnosis.decide.Restarts;
import dev.rebind.diagnosis.json.AuditJson;
import dev.rebind.diagnosis.json.DiagnosisJson;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.CallerRights;
import dev.rebind.diagnosis.seen.Facts;
import dev.rebind.diagnosis.seen.KernelAnswers;
import dev.rebind.diagnosis.seen.KernelSettings;
import dev.rebind.diagnosis.seen.NamespaceAddresses;
import dev.rebind.diagnosis.seen.Nat;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.seen.SeenHolder;
import dev.rebind.diagnosis.seen.SeenHolders;
import dev.rebind.diagnosis.text.AuditTable;
import dev.rebind.diagnosis.text.PortList;
import dev.rebind.diagnosis.text.Screen;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.diag.InetDiagReader;
import dev.rebind.sockets.diag.UdpSockets;
import dev.rebind.sockets.options.OptionsAnswer;
import dev.rebind.sockets.options.SocketOptions;
import dev.rebind.sockets.owners.ProcessAnswer;
import dev.rebind.sockets.owners.ProcessStories;
import dev.rebind.sockets.owners.ProcessStory;
import dev.rebind.sockets.owners.SocketOwner;
import dev.rebind.sockets.posix.Errno;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("When a container, or anybody else, has chosen the names")
class ForeignTextTest {
    private static final int PORT = 8_080;
    private static final long USER = 1_000;
    private static final InetAddress FOUR = InetAddress.ofLiteral("0.0.0.0");
    private static final InetAddress SIX = InetAddress.ofLiteral("2001:db8::1");
    /** Red, a title, a bell, C1 (0x9b), a new line, a return, a bidi override, a zero width, and much of it. */
    private static final String HOSTILE =
            "a\u001b[31mb\u001b]0;c\u0007\u009b2Jd\ne\rf\u202eg\u200bh$(reboot)`reboot`" + "z".repeat(400);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private static TcpSocket listener(long inode) {
        return TcpSocket.of(TcpState.LISTEN, new Endpoint(FOUR, PORT), new Endpoint(FOUR, 0))
                .withUid(USER)
                .withInode(inode)
                .withDevice(7);
    }

    private ProcessStory process() throws IOException {
        Path process = Files.createDirectories(folder.resolve("7"));
        Files.writeString(folder.resolve("stat"), "btime 1700000000\n");
        Files.writeString(
                process.resolve("stat"),
                "7 (x\u001b[31my\u0007\nz\u202e) S 1 5 6 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 12345 8 9");
        Files.writeString(
                process.resolve("status"), "Uid:\t1\t1000\t1\t1\nSigBlk:\t0\nSigIgn:\t0\nSigCgt:\t0\nCapPrm:\t0\n");
        Files.writeString(process.resolve("cmdline"), HOSTILE + "\0" + HOSTILE + "\0");
        Files.writeString(process.resolve("cgroup"), "0::/system.slice/" + HOSTILE.replace("\n", "") + ".service\n");
        return ((ProcessAnswer.Known)
                        new ProcessStories(folder, new dev.rebind.sockets.owners.UserNames(passwd())).of(7))
                .story();
    }

    private Path passwd() throws IOException {
        return Files.writeString(
                folder.resolve("passwd"),
                HOSTILE.replace("\n", "").replace("\r", "").replace(":", "") + ":x:1000:1000::/:/bin/sh\n",
                StandardCharsets.UTF_8);
    }

    private Observation seen(Question question, List<Attempt> attempts, SeenHolders holdings) throws IOException {
        List<TcpSocket> sockets = List.of(listener(77), listener(78));
        return new Observation(
                question,
                new Reading.Snapshot(Instant.EPOCH, 0, InetDiagReader.SOURCE, sockets),
                Map.of(),
                Map.of(),
                new UdpSockets.Answer.Bound(List.of()),
                holdings,
                SocketUsers.of(sockets, passwd()),
                List.of(HOSTILE),
                KernelAnswers.of(attempts),
                new NamespaceAddresses(
                        List.of(new NamespaceAddresses.Local(SIX, HOSTILE, NamespaceAddresses.State.DOWN)), true),
                KernelSettings.USUAL,
                new Nat.Read(
                        List.of(new Nat.Rule(
                                HOSTILE, HOSTILE, "OUTPUT", Nat.Clients.THIS_MACHINE, Optional.empty(), Nat.Takes.ALL)),
                        List.of(HOSTILE)),
                new CallerRights(0, Optional.of(true), Optional.of(false), Optional.empty()),
                Facts.NONE);
    }

    private SeenHolders holdings() throws IOException {
        var options = new SocketOptions(
                6,
                true,
                false,
                null,
                HOSTILE,
                false,
                true,
                false,
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                null,
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalLong.empty());
        return new SeenHolders.Seen(
                Map.of(
                        77L,
                        List.of(new SeenHolder(
                                new SocketOwner(7, 3, OptionalInt.empty()),
                                new ProcessAnswer.Known(process()),
                                Optional.of(new ProcessAnswer.Known(process())),
                                new OptionsAnswer.Known(options),
                                Optional.of(true),
                                SeenHolder.Attention.ELSEWHERE,
                                Optional.empty()))),
                1,
                false);
    }

    private static List<Attempt> answers(Question question, Attempt.Result result) {
        return question.places(true).stream()
                .flatMap(place -> List.of(false, true).stream().map(reuse -> new Attempt(place, reuse, result)))
                .toList();
    }

    private static Attempt.Result refused(Errno errno) {
        return new Attempt.Result.Refused(errno.number(), true);
    }

    @Test
    @DisplayName("nothing of them steers a terminal, is hidden, or fills the screen, and a shell obeys none of it")
    void plain() throws IOException {
        Question every = Question.everywhere(PORT);
        Question one = Question.at(PORT, SIX);
        var lines = new ArrayList<String>();
        var json = new ArrayList<String>();
        for (Observation seen : List.of(
                seen(every, answers(every, refused(Errno.EADDRINUSE)), holdings()),
                seen(every, answers(every, new Attempt.Result.Binds(true)), holdings()),
                seen(one, answers(one, refused(Errno.EADDRNOTAVAIL)), new SeenHolders.Seen(Map.of(), 1, false)))) {
            Diagnosis said = Decision.of(seen);
            lines.addAll(new Screen(ZoneOffset.UTC).lines(said));
            lines.add(new Screen(ZoneOffset.UTC).paragraph(said));
            lines.addAll(new PortList(ZoneOffset.UTC).lines(List.of(said)));
            json.add(DiagnosisJson.write(said));
            var audit = new Audit.Read(Instant.EPOCH, Restarts.of(seen));
            lines.addAll(new AuditTable(ZoneOffset.UTC).lines(audit));
            json.add(AuditJson.write(audit));
        }
        assertThat(lines).hasSizeGreaterThan(40).noneMatch(ForeignTextTest::steers);
        assertThat(lines).noneMatch(line -> line.contains("z".repeat(350)));
        assertThat(lines).noneMatch(line -> line.contains("`ip link set"));
        assertThat(json).noneMatch(ForeignTextTest::steers);
        assertThat(String.join("\n", lines)).contains("a?[31mb", " (uid 1000)", "x?[31my? z?");
    }

    private static boolean steers(String text) {
        return text.codePoints()
                .anyMatch(point -> Character.getType(point) == Character.CONTROL
                        || Character.getType(point) == Character.FORMAT
                        || Character.getType(point) == Character.LINE_SEPARATOR);
    }
}
