/** What was restarted and where it ran, as a record has it. */
@NullMarked
package dev.rebind.record.server;

import org.jspecify.annotations.NullMarked;
