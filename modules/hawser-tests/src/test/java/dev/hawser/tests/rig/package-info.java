/// A server, clients and hand-made packets on a clock that a test moves: what the tests of rules
/// and attacks stand on.
package dev.hawser.tests.rig;
