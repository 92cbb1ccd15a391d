/** The bind of the new generation as a record has it: its result, what stood in its way, and when that ends. */
@NullMarked
package dev.rebind.record.bind;

import org.jspecify.annotations.NullMarked;
