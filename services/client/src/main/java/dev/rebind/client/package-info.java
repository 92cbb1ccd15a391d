/** The Vert.x client that loads the server, and measures its service from outside.. */
@NullMarked
package dev.rebind.client;

import org.jspecify.annotations.NullMarked;
