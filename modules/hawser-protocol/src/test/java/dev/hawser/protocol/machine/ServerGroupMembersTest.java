package dev.hawser.protocol.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServerGroupMembersTest {
    private final ServerGroup group = new ServerGroup(8, 1, 2);

    @Test
    void noNumberOfAMemberIsGivenTwice() {
        ClientSlots first = new ClientSlots(1, 1, 2);
        ClientSlots second = new ClientSlots(1, 1, 2);
        assertThat(group.join(first)).isEqualTo(0);
        assertThat(group.join(second)).isEqualTo(1);

        group.leave(first);
        group.leave(second);

        assertThat(group.join(new ClientSlots(1, 1, 2))).isEqualTo(2);
    }

    @Test
    void aMemberThatLeavesIsNotHeldOnTo() {
        ClientSlots first = new ClientSlots(1, 1, 2);
        ClientSlots second = new ClientSlots(1, 1, 2);
        group.join(first);
        group.join(second);

        group.leave(first);
        group.leave(first);

        assertThat(group.memberCount()).isEqualTo(1);
        assertThat(group.slots(0)).isSameAs(second);
    }
}
