package dev.rebind.cli.log;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Writes the log to standard error as one JSON object a line: {@code time} (ISO 8601, UTC), {@code level}, {@code logger},
 * {@code message}, and {@code error} with the stack trace where there is one. Levels are those of {@code
 * simplelogger.properties}, as in the log for people.
 */
public final class JsonLogProvider implements SLF4JServiceProvider {
    private static final String LEVELS = "/simplelogger.properties";
    private static final String DEFAULT = "org.slf4j.simpleLogger.defaultLogLevel";
    private static final String OF = "org.slf4j.simpleLogger.log.";
    /** Of the API that this is made for; SLF4J warns of an older one. */
    private static final String API = "2.0.99";

    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final Map<String, JsonLogger> loggers = new ConcurrentHashMap<>();
    private final Properties levels = new Properties();
    private final PrintStream out;

    public JsonLogProvider() {
        this(System.err);
    }

    JsonLogProvider(PrintStream out) {
        this.out = out;
    }

    /** Has SLF4J take this one. Must be called before anything logs. */
    public static void use() {
        // It tells on standard error, and not as JSON, which provider it takes.
        System.setProperty("slf4j.internal.verbosity", "WARN");
        System.setProperty("slf4j.provider", JsonLogProvider.class.getName());
    }

    @Override
    public void initialize() {
        try (InputStream in = JsonLogProvider.class.getResourceAsStream(LEVELS)) {
            levels.load(Objects.requireNonNull(in, LEVELS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return name -> loggers.computeIfAbsent(name, _ -> new JsonLogger(name, level(name), out));
    }

    /** Of the longest prefix of the name that has a level. */
    private Level level(String name) {
        String prefix = name;
        while (!prefix.isEmpty()) {
            String level = levels.getProperty(OF + prefix);
            if (level != null) {
                return Level.valueOf(level.toUpperCase(java.util.Locale.ROOT));
            }
            prefix = prefix.substring(0, Math.max(0, prefix.lastIndexOf('.')));
        }
        return Level.valueOf(levels.getProperty(DEFAULT, "info").toUpperCase(java.util.Locale.ROOT));
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return new NOPMDCAdapter();
    }

    @Override
    public String getRequestedApiVersion() {
        return API;
    }
}
