/**
 * The client that loads the server: n connections that read, greet, close, stall or reset as told, and the measure of the service
 * from outside.
 */
@NullMarked
package dev.rebind.client;

import org.jspecify.annotations.NullMarked;
