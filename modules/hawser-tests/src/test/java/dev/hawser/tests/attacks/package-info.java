/// What somebody on the network tries, and what comes of it: nothing.
package dev.hawser.tests.attacks;
