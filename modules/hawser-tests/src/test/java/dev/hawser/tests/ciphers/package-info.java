/// Every provider of the ciphers: what is published about them, what they promise, and each other.
package dev.hawser.tests.ciphers;
