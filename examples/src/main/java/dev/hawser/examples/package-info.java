/// Small programs to read first; `examples/README.md` says which shows what.
@NullMarked
package dev.hawser.examples;

import org.jspecify.annotations.NullMarked;
