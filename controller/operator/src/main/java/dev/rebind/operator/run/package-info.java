/** Runs one experiment from its first cycle to its last, even if the controller dies and another one continues. */
@NullMarked
package dev.rebind.operator.run;

import org.jspecify.annotations.NullMarked;
