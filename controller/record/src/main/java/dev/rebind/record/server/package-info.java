/** What was restarted and where it ran, in a cycle record. */
@NullMarked
package dev.rebind.record.server;

import org.jspecify.annotations.NullMarked;
