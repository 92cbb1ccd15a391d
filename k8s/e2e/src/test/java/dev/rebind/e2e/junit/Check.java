package dev.rebind.e2e.junit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A check: a test that may take a {@link dev.rebind.e2e.cluster.Release}, its {@link dev.rebind.e2e.cluster.Experiments} and
 * {@link Claims}, and says what was seen.
 */
@Test
@Tag(Check.TAG)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Check {
    /** Excluded from the build, which has no cluster. */
    String TAG = "cluster";

    /** Its name, or the rest of it below that of the class: {@link Below}. */
    String value();
}
