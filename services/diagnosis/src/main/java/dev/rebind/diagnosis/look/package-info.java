/** The looks themselves: system calls, files of /proc and a few programs of the system. */
@NullMarked
package dev.rebind.diagnosis.look;

import org.jspecify.annotations.NullMarked;
