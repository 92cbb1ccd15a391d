/** What was looked at on a port and beside it: records without a decision. */
@NullMarked
package dev.rebind.diagnosis.seen;

import org.jspecify.annotations.NullMarked;
