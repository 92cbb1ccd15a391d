/** What is known of a restart once it is over. Everything after the record only reads records. */
@NullMarked
package dev.rebind.record;

import org.jspecify.annotations.NullMarked;
