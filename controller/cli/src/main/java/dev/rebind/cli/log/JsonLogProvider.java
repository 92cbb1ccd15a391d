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
 * Writes the log to standard error, one JSON object a line, with {@code time} (ISO 8601, UTC), {@code level}, {@code logger}, {@code
 * message}, and {@code error} with the stack trace where there is one. The levels come from {@code simplelogger.properties}, as for the
 * plain log.
 */
public final class JsonLogProvider implements SLF4JServiceProvider {
    private static final String LEVELS = "/simplelogger.properties";
    private static final String DEFAULT = "org.slf4j.simpleLogger.defaultLogLevel";
    private static final String OF = "org.slf4j.simpleLogger.log.";
    /** The version of the SLF4J API that this provider implements. SLF4J warns about an older one. */
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

    /** Makes SLF4J use this provider. It must be called before anything logs. */
    public static void use() {
        // Otherwise SLF4J would print the name of its provider to standard error, and not as JSON.
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

    /** The level of the longest prefix of the name that has one. */
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
