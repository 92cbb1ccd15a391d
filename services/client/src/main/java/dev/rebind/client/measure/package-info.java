/** What is made of events and times: outages, round trips, counts. Pure; times come in as {@link System#nanoTime()} values. */
@NullMarked
package dev.rebind.client.measure;

import org.jspecify.annotations.NullMarked;
