package dev.rebind.e2e.junit;

import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGenerator;

/** A check is called as its annotation says. */
public final class CheckNames extends DisplayNameGenerator.Standard {
    @Override
    public String generateDisplayNameForMethod(List<Class<?>> enclosing, Class<?> type, Method method) {
        Check check = method.getAnnotation(Check.class);
        if (check == null) {
            return super.generateDisplayNameForMethod(enclosing, type, method);
        }
        Below below = type.getAnnotation(Below.class);
        if (below == null) {
            return check.value();
        }
        return below.value().contains("*")
                ? below.value().replace("*", check.value())
                : below.value() + "/" + check.value();
    }
}
