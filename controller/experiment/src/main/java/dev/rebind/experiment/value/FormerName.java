package dev.rebind.experiment.value;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The deprecated name of a renamed field. Files and resources may use this name until the version that removes it, and a warning tells the
 * new name (docs/releasing.md).
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface FormerName {
    String value();

    /** The version that no longer reads the deprecated name. */
    String goneIn();
}
