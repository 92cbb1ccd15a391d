/** The comparison of two reports: what differs, by how much, and whether the number of cycles is enough to show it. */
@NullMarked
package dev.rebind.report.compare;

import org.jspecify.annotations.NullMarked;
