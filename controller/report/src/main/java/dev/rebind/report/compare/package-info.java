/** Two reports side by side: what differs, by how much, and whether so many cycles can show it. */
@NullMarked
package dev.rebind.report.compare;

import org.jspecify.annotations.NullMarked;
