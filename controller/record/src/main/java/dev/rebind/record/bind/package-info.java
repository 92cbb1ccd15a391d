/** The bind of the new generation in a cycle record: its result, what stood in its way, and when that ends. */
@NullMarked
package dev.rebind.record.bind;

import org.jspecify.annotations.NullMarked;
