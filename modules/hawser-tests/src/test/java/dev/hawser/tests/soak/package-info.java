/// Ten minutes of a busy server on a virtual clock: many players in bad weather who come and go all
/// the time, and nothing that stays behind.
package dev.hawser.tests.soak;
