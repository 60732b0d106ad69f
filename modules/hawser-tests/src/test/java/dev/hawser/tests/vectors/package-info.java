/// Test vectors of Hawser's extension: who writes them, and that they are what is shipped.
package dev.hawser.tests.vectors;
