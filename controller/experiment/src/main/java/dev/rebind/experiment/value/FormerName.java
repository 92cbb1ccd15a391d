package dev.rebind.experiment.value;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The deprecated name of a field that was renamed: until a version ends it, files and resources may have the field under this name,
 * too, and a warning names the new one (docs/releasing.md).
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface FormerName {
    String value();

    /** The version that no longer reads it. */
    String goneIn();
}
