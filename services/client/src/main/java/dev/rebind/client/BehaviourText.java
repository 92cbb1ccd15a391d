package dev.rebind.client;

import dev.rebind.client.connection.ClientSettings.Behaviour;
import java.util.ArrayList;
import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Behaviours by the names that people write. */
final class BehaviourText extends ArrayList<String> implements ITypeConverter<Behaviour> {
    private static final long serialVersionUID = 1;

    BehaviourText() {
        super(Arrays.stream(Behaviour.values()).map(Behaviour::toString).toList());
    }

    @Override
    public Behaviour convert(String text) {
        return Arrays.stream(Behaviour.values())
                .filter(behaviour -> behaviour.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is none of " + String.join(", ", this)));
    }
}
