/** One experiment's way from its first cycle to its last, over a controller's own death. */
@NullMarked
package dev.rebind.operator.run;

import org.jspecify.annotations.NullMarked;
