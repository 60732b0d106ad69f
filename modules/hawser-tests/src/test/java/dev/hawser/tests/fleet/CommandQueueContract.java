package dev.hawser.tests.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.backend.fleet.CommandQueue;
import dev.hawser.backend.fleet.ServerCommand;
import dev.hawser.backend.registry.ServerStart;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/// Commands wait until they are acknowledged.
abstract class CommandQueueContract extends FleetContract {
    private final CommandQueue commands = store.commands();
    private final ServerStart a = started("a", 1);

    private void queue(ServerStart server, ServerCommand command) {
        join(commands.queue(server, command));
    }

    private List<CommandQueue.Queued> next(ServerStart server, List<String> acknowledged) {
        return join(commands.next(server, acknowledged));
    }

    private static ServerCommand kick(long clientId) {
        return new ServerCommand.Kick(clientId, connection(clientId), ServerCommand.Why.KICKED, "");
    }

    @Test
    void commandsComeInTheirOrderUntilTheyAreAcknowledged() {
        queue(a, kick(1));
        queue(a, kick(2));
        queue(a, kick(3));

        List<CommandQueue.Queued> first = next(a, List.of());
        assertThat(first.stream().map(CommandQueue.Queued::command))
                .containsExactly(kick(1), kick(2), kick(3));
        assertThat(next(a, List.of())).isEqualTo(first);

        assertThat(next(a, List.of(first.get(1).id()))).containsExactly(first.get(0), first.get(2));
        assertThat(next(a, List.of(first.get(1).id(), "never-heard", first.get(0).id())))
                .containsExactly(first.get(2));
        assertThat(next(a, List.of(first.get(2).id()))).isEmpty();
        assertThat(next(a, List.of(first.get(2).id()))).isEmpty();
    }

    @Test
    void eachHasAnIdThatCanTravel() {
        queue(a, kick(1));
        queue(a, kick(2));

        List<String> ids = next(a, List.of()).stream().map(CommandQueue.Queued::id).toList();

        assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.matches("[A-Za-z0-9-]{1,64}"));
    }

    /// Whoever does not know whether a command was queued, queues it again.
    @Test
    void theSameCommandWaitsOnce() {
        queue(a, kick(1));
        queue(a, kick(2));
        queue(a, kick(1));

        assertThat(waiting(a)).containsExactly(kick(1), kick(2));
    }

    @Test
    void acknowledgedAndQueuedAgainItIsAnotherOne() {
        queue(a, kick(1));
        CommandQueue.Queued first = next(a, List.of()).getFirst();
        assertThat(next(a, List.of(first.id()))).isEmpty();

        queue(a, kick(1));

        CommandQueue.Queued second = next(a, List.of(first.id())).getFirst();
        assertThat(second.command()).isEqualTo(kick(1));
        assertThat(second.id()).isNotEqualTo(first.id());
    }

    @Test
    void eachCommandArrivesAsItWasSaid() {
        String text = "\"ä\n{}☃".repeat(17);
        List<ServerCommand> all = new ArrayList<>();
        all.add(new ServerCommand.Drain(0, ""));
        all.add(new ServerCommand.Drain(86_400, text));
        for (ServerCommand.Why why : ServerCommand.Why.values()) {
            all.add(new ServerCommand.Kick(-1, connection(-2), why, text));
            all.add(new ServerCommand.Kick(Long.MIN_VALUE, connection(1L << 53), why, ""));
        }
        all.forEach(command -> queue(a, command));

        assertThat(waiting(a)).isEqualTo(all);
    }

    @Test
    void eachServerHasItsOwn() {
        ServerStart b = started("b", 1);
        queue(a, kick(1));
        queue(b, kick(2));

        assertThat(waiting(a)).containsExactly(kick(1));
        assertThat(waiting(b)).containsExactly(kick(2));
        next(a, next(b, List.of()).stream().map(CommandQueue.Queued::id).toList());
        assertThat(waiting(b)).containsExactly(kick(2));
    }

    @Test
    void whatWasForAFormerStartIsForgotten() {
        queue(a, kick(1));

        ServerStart again = started("a", 2);

        assertThat(waiting(again)).isEmpty();
        queue(a, kick(2));
        queue(again, kick(3));
        assertThat(waiting(again)).containsExactly(kick(3));
        assertThat(waiting(a)).isEmpty();
    }

    @Test
    void whatWasForAServerThatIsGoneIsForgotten() {
        ServerStart b = started("b", 1);
        queue(a, kick(1));
        queue(b, kick(1));
        withdraw(b);
        rig.advance(LONGER_THAN_ANY_SILENCE);

        announce(a);
        announce(b);

        assertThat(waiting(a)).isEmpty();
        assertThat(waiting(b)).isEmpty();
    }

    @Test
    void anAnswerCarriesSoManyAndTheOthersCome() {
        List<CompletionStage<Void>> queued = new ArrayList<>();
        for (long id = 1; id <= 600; id++) {
            queued.add(commands.queue(a, kick(id)));
        }
        queued.forEach(FleetContract::join);

        List<ServerCommand> heard = new ArrayList<>();
        List<String> acknowledged = List.of();
        do {
            List<CommandQueue.Queued> answer = next(a, acknowledged);
            assertThat(answer).hasSizeLessThanOrEqualTo(CommandQueue.COMMANDS_OF_ANSWER_MAX);
            answer.forEach(each -> heard.add(each.command()));
            acknowledged = answer.stream().map(CommandQueue.Queued::id).toList();
        } while (!acknowledged.isEmpty());

        assertThat(heard).hasSize(600).doesNotHaveDuplicates();
    }

    @Test
    void oneTooManyPushesOutTheOldest() {
        List<CompletionStage<Void>> queued = new ArrayList<>();
        for (long id = 1; id <= CommandQueue.COMMANDS_MAX + 1; id++) {
            queued.add(commands.queue(a, kick(id)));
        }
        queued.forEach(FleetContract::join);

        assertThat(waiting(a).getFirst()).isEqualTo(kick(2));
    }
}
