/** The live page of {@code ./rebind run --ui} in a real Chromium, from outside: nothing of Rebind is on the class path. */
@NullMarked
package dev.rebind.walk;

import org.jspecify.annotations.NullMarked;
