/** What each cycle is expected to show. */
@NullMarked
package dev.rebind.experiment.expect;

import org.jspecify.annotations.NullMarked;
