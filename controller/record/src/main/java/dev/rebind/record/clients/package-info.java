/** What clients saw of a restart, as a record has it. */
@NullMarked
package dev.rebind.record.clients;

import org.jspecify.annotations.NullMarked;
