/** What clients saw of a restart, in a cycle record. */
@NullMarked
package dev.rebind.record.clients;

import org.jspecify.annotations.NullMarked;
