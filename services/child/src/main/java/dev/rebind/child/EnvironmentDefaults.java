package dev.rebind.child;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Every flag of a command is an environment variable too: {@code --reuse-address} of the server is {@code
 * REBIND_SERVER_REUSE_ADDRESS}. A flag wins over the variable, the variable over the default.
 *
 * <p>A subclass without arguments names the prefix, for picocli's annotation.
 */
public abstract class EnvironmentDefaults implements IDefaultValueProvider {
    private final String prefix;
    private final Map<String, String> environment;

    protected EnvironmentDefaults(String prefix) {
        this(prefix, System.getenv());
    }

    EnvironmentDefaults(String prefix, Map<String, String> environment) {
        this.prefix = prefix;
        this.environment = environment;
    }

    /** The variable of a flag; null for what is not a setting: positional parameters, {@code --help}, {@code --version}. */
    public @Nullable String variableOf(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
            return null;
        }
        return prefix
                + option.longestName().replaceFirst("^-+", "").replace('-', '_').toUpperCase(Locale.ROOT);
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        String variable = variableOf(argument);
        String value = variable == null ? null : environment.get(variable);
        // An empty variable is how Compose files and charts write "not set".
        return value == null || value.isEmpty() ? null : value;
    }
}
