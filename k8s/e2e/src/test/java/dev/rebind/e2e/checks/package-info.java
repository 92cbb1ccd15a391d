/** The checks, a class for each lane. */
@NullMarked
package dev.rebind.e2e.checks;

import org.jspecify.annotations.NullMarked;
