/** What a user writes: an experiment, its file, and the problems in it. Only reading a file does input. */
@NullMarked
package dev.rebind.experiment;

import org.jspecify.annotations.NullMarked;
