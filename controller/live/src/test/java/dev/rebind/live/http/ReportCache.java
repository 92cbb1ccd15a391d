package dev.rebind.live.http;

import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.WhyPort;
import dev.rebind.diagnosis.json.DiagnosisJson;
import dev.rebind.diagnosis.look.PortObserver;
import dev.rebind.live.Actions;
import dev.rebind.live.ApiJson;
import dev.rebind.live.ChangeSignal;
import dev.rebind.live.Experiments;
import dev.rebind.live.RecordLog;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Phase;
import dev.rebind.record.RecordWriter;
import dev.rebind.record.RecordingException;
import dev.rebind.record.Totals;
import dev.rebind.report.Run;
import dev.rebind.report.SampleRun;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Experiments that exist as files of records only, for tests; and orders that are taken from whoever shows {@link #TOKEN}. */
final class ReportCache implements Experiments, Actions {
    static final String TOKEN = "let-me-in";
    static final Instant STARTED = Instant.parse("2026-11-22T21:51:00Z");

    private final Path folder;
    private final ChangeSignal signal = new ChangeSignal();
    private final Map<String, Book> books = new LinkedHashMap<>();

    ReportCache(Path folder) {
        this.folder = folder;
    }

    /** One experiment. */
    final class Book implements AutoCloseable {
        private final String name;
        private final String uid;
        private final Path file;
        private final RecordWriter writer;
        private Totals totals = Totals.NONE;
        private volatile Phase phase = Phase.Running;
        private volatile List<ApiJson.Step> steps = List.of();

        private Book(String name, String uid) throws RecordingException {
            this.name = name;
            this.uid = uid;
            this.file = folder.resolve(name + "-" + uid + ".jsonl");
            this.writer = RecordWriter.append(file);
        }

        synchronized void add(CycleRecord record) throws RecordingException {
            writer.write(record);
            totals = totals.plus(record);
            signal.happened();
        }

        /** A record that is counted and not stored. */
        synchronized void count(CycleRecord record) {
            totals = totals.plus(record);
        }

        /** The file is gone; what was counted is not. */
        void lose() throws IOException {
            Files.delete(file);
        }

        void step(int cycle, String what) {
            steps = List.of(new ApiJson.Step(cycle, what, STARTED));
            signal.happened();
        }

        /** Where it listens; null before it has begun. */
        volatile @Nullable Integer port;

        void phase(Phase now) {
            phase = now;
            signal.happened();
        }

        private synchronized ApiJson.Overview overview() {
            return new ApiJson.Overview(
                    "local",
                    name,
                    uid,
                    "What " + name + " shows.",
                    phase,
                    null,
                    phase.isOver() ? totals.verdict(null, phase) : null,
                    "process",
                    "127.0.0.1:18080",
                    null,
                    ApiJson.Counts.of(totals),
                    null,
                    null,
                    null,
                    STARTED,
                    null);
        }

        @Override
        public void close() throws RecordingException {
            writer.close();
        }
    }

    Book put(String name, String uid) throws RecordingException {
        var book = new Book(name, uid);
        synchronized (books) {
            books.put(name, book);
        }
        signal.happened();
        return book;
    }

    void remove(String name) {
        synchronized (books) {
            books.remove(name);
        }
        signal.happened();
    }

    private @Nullable Book book(String name) {
        synchronized (books) {
            return books.get(name);
        }
    }

    @Override
    public ApiJson.About about() {
        return new ApiJson.About(
                "local", "0.1.0", STARTED, Instant.now(), offered(), "printed-token", SampleRun.MACHINE);
    }

    @Override
    public List<ApiJson.Overview> list() {
        synchronized (books) {
            return books.values().stream().map(Book::overview).toList();
        }
    }

    @Override
    public ChangeSignal changes() {
        return signal;
    }

    @Override
    public Optional<One> find(String namespace, String name) {
        return namespace.equals("local") ? Optional.ofNullable(book(name)).map(Seen::new) : Optional.empty();
    }

    private record Seen(Book book) implements One {
        @Override
        public ApiJson.Overview overview() {
            return book.overview();
        }

        @Override
        public ApiJson.Detail detail() {
            return new ApiJson.Detail(
                    overview(), "kind: RebindExperiment\n", null, "cycles", 1, null, List.of(), steps(), null);
        }

        @Override
        public List<ApiJson.Step> steps() {
            return book.steps;
        }

        @Override
        public RecordLog records() {
            return RecordLog.whole(book.file);
        }

        @Override
        public Look look() {
            return new Look.Nothing("the experiment has not begun");
        }

        @Override
        public Why why() {
            Integer port = book.port;
            return port == null
                    ? new Why.Nothing("the experiment has not begun")
                    : new Why.Told(
                            port,
                            List.of(new PortDiagnosis(
                                    null,
                                    new AnsweredBy.Machine(),
                                    DiagnosisJson.write(new WhyPort()
                                            .diagnose(
                                                    Question.at(port, InetAddress.getLoopbackAddress()),
                                                    new PortObserver.Manner(false, false, false))))));
        }

        @Override
        public Run run() {
            return new Run(STARTED, Instant.now(), false, List.of(SampleRun.subject(book.name, 2)), SampleRun.MACHINE);
        }
    }

    @Override
    public Set<String> offered() {
        return Set.of("pause", "resume", "abort");
    }

    @Override
    public Answer order(Order order, String namespace, String name, @Nullable String token) {
        if (!TOKEN.equals(token)) {
            return Actions.noToken("of this test");
        }
        Book book = book(name);
        if (book == null) {
            return new Answer.Refused(404, "there is no experiment " + namespace + "/" + name);
        }
        book.phase(
                switch (order) {
                    case pause -> Phase.Paused;
                    case resume -> Phase.Running;
                    case abort -> Phase.Aborted;
                });
        return new Answer.Asked(new ApiJson.Named(namespace, name));
    }

    @Override
    public Answer.@Nullable Refused refusesStart(@Nullable String token) {
        return TOKEN.equals(token) ? null : Actions.noToken("of this test");
    }

    @Override
    public Answer start(String document, @Nullable String token) {
        return new Answer.Started(new ApiJson.Named("local", document.strip()));
    }
}
