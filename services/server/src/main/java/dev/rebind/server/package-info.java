/**
 * The server under test, as a program ({@link dev.rebind.server.ServerCommand}) and in process ({@link
 * dev.rebind.server.ServerInProcess}): it binds once, says truthfully what came of it, serves, and stops in the way it is told.
 */
@NullMarked
package dev.rebind.server;

import org.jspecify.annotations.NullMarked;
