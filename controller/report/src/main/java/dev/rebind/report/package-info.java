/** The figures of a run, and what its reports share. All of it comes from records. */
@NullMarked
package dev.rebind.report;

import org.jspecify.annotations.NullMarked;
