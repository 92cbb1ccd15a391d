/**
 * Serves experiments over HTTP, for the live page and for programs: their facts, records, events and orders. {@code openapi.yaml} beside
 * the page describes the API. {@link dev.rebind.live.Experiments} is the interface to the source of experiments;
 * {@link dev.rebind.live.Actions} is the interface for orders.
 */
@NullMarked
package dev.rebind.live;

import org.jspecify.annotations.NullMarked;
