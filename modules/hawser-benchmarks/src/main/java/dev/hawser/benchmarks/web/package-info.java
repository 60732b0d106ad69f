/// What the web gets through.
@NullMarked
package dev.hawser.benchmarks.web;

import org.jspecify.annotations.NullMarked;
