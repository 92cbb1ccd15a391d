/** What the server says to its clients: the words and the lines, apart from the sockets that carry them. */
@NullMarked
package dev.rebind.server.service;

import org.jspecify.annotations.NullMarked;
