/** What there is to tell of a process that has a socket. */
@NullMarked
package dev.rebind.diagnosis.story;

import org.jspecify.annotations.NullMarked;
