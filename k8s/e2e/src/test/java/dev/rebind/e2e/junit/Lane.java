package dev.rebind.e2e.junit;

import dev.rebind.e2e.cluster.BrokenException;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Kept;
import dev.rebind.e2e.cluster.NodePort;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.cluster.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestWatcher;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * A lane: a release of its own, in which the checks of a class run one after the other. It is installed for the first check that
 * is carried out, and removed with its namespaces after the last. A check that fails has its logs kept.
 */
public final class Lane
        implements ExecutionCondition,
                BeforeEachCallback,
                AfterTestExecutionCallback,
                AfterAllCallback,
                ParameterResolver,
                TestWatcher {
    /** Key of the report entry that has what a check saw; the other entries are figures. */
    public static final String SEEN = "seen";
    /** Key of the report entry of a check whose release is there: its time begins. */
    public static final String BEGUN = "begun";

    /** Configuration parameters: the folder for failures, and whether namespaces are left. */
    public static final String KEEP = "rebind.e2e.keep";

    public static final String LEAVE = "rebind.e2e.leave";

    private static final Namespace STORE = Namespace.create(Lane.class);

    private final String name;
    private final List<String> others = new ArrayList<>();
    private final Map<String, Object> values = new LinkedHashMap<>();
    private boolean installed = true;
    private @Nullable Release release;
    private @Nullable RuntimeException notThere;

    private Lane(String name) {
        this.name = name;
    }

    /**
     * @param name the end of its namespace's name
     */
    public static Lane named(String name) {
        return new Lane(name);
    }

    /** A further namespace, without the label that allows experiments. */
    public Lane alsoIn(String end) {
        others.add(end);
        return this;
    }

    /** Of the chart, by dotted name. */
    public Lane value(String value, Object given) {
        values.put(value, given);
        return this;
    }

    public Lane values(Map<String, Object> given) {
        values.putAll(given);
        return this;
    }

    /** On the network of a node. */
    public Lane onHost(NodePort server, NodePort agent) {
        return value("server.network", "hostNetwork")
                .value("server.port", server.number())
                .value("agent.port", agent.number());
    }

    /** Its check installs the release itself. */
    public Lane notInstalled() {
        installed = false;
        return this;
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (context.getTestMethod().isEmpty()) {
            return ConditionEvaluationResult.enabled("each check is asked");
        }
        return AnnotationSupport.findAnnotation(context.getElement(), Needs.class)
                .or(() -> AnnotationSupport.findAnnotation(context.getRequiredTestClass(), Needs.class))
                .flatMap(needs -> needs.value().missing(Settings.current()))
                .map(ConditionEvaluationResult::disabled)
                .orElseGet(() -> ConditionEvaluationResult.enabled("all is at hand"));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        Preparation preparation = Preparation.of(context);
        preparation.needsAll();
        if (release == null) {
            release = new Release(name, others, values);
            preparation.opened(release);
            try {
                if (installed) {
                    preparation.crdIsNeeded();
                    release.install();
                }
            } catch (RuntimeException e) {
                notThere = e;
            }
        }
        if (notThere != null) {
            throw new BrokenException("its release is not there: " + notThere.getMessage(), notThere);
        }
        context.publishReportEntry(BEGUN, name);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        Claims claims = claims(context);
        // A failure of the check itself comes first; what did not hold until then is added to it.
        if (context.getExecutionException().isPresent()) {
            claims.assertAll();
            return;
        }
        claims.end();
        var entries = new HashMap<>(claims.figures());
        entries.put(SEEN, claims.seen());
        context.publishReportEntry(entries);
    }

    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
        if (release == null) {
            return;
        }
        Path folder = context.getConfigurationParameter(KEEP)
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir"), "rebind-e2e"))
                .resolve(context.getDisplayName().replace('/', '-'));
        try {
            Kept.of(release, folder, Failures.text(cause));
        } catch (IOException | RuntimeException e) {
            System.err.println("what failed cannot be kept in " + folder + ": " + e);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (release != null && !Preparation.of(context).leaves()) {
            Preparation.of(context).clear(release);
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return List.of(Release.class, Experiments.class, Claims.class)
                .contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Release of = Optional.ofNullable(release).orElseThrow();
        Class<?> type = parameter.getParameter().getType();
        return type == Claims.class ? claims(context) : type == Release.class ? of : new Experiments(of);
    }

    private static Claims claims(ExtensionContext context) {
        return context.getStore(STORE).getOrComputeIfAbsent(Claims.class, _ -> new Claims(), Claims.class);
    }
}
