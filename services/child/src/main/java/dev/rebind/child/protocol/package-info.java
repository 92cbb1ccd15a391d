/** What client and server say to each other: the words and the lines, apart from the sockets that carry them. JDK only. */
@NullMarked
package dev.rebind.child.protocol;

import org.jspecify.annotations.NullMarked;
