/** Everything that is known of a restart once it is over. All code that runs after a cycle only reads its record. */
@NullMarked
package dev.rebind.record;

import org.jspecify.annotations.NullMarked;
