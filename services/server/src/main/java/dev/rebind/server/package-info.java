/** The Vert.x server under test.. */
@NullMarked
package dev.rebind.server;

import org.jspecify.annotations.NullMarked;
