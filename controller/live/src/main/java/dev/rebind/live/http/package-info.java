/**
 * The HTTP API and the server of the page. {@link dev.rebind.live.http.LiveApi} adds the routes, and each {@code *Routes} class has the
 * routes of one subject.
 */
@NullMarked
package dev.rebind.live.http;

import org.jspecify.annotations.NullMarked;
