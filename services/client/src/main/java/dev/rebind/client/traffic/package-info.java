/** What clients say to a server: Rebind's own words, bytes over TCP, or HTTP requests. */
@NullMarked
package dev.rebind.client.traffic;

import org.jspecify.annotations.NullMarked;
