/** What a check is for JUnit: its name, what it needs, the lane in which it runs, and what it claims. */
@NullMarked
package dev.rebind.e2e.junit;

import org.jspecify.annotations.NullMarked;
