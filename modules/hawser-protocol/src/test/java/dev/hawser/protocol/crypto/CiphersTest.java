package dev.hawser.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.junit.jupiter.api.Test;

class CiphersTest {
    private static final CipherProvider JDK = new JdkCipherProvider();
    private static final CipherProvider FAST = new Named("fast", 10, true);
    private static final CipherProvider BROKEN = new Named("broken", 20, false);

    private record Named(String id, int preference, boolean isAvailable) implements CipherProvider {
        @Override
        public String name() {
            return id + " 1.0";
        }

        @Override
        public String obstacle() {
            return isAvailable ? "" : "its library is missing";
        }

        @Override
        public Aead newPacketAead() {
            throw new AssertionError("not asked for");
        }

        @Override
        public Aead newTokenAead() {
            throw new AssertionError("not asked for");
        }
    }

    @Test
    void theJdkIsAlwaysThere() {
        assertThat(JDK.isAvailable()).isTrue();
        assertThat(JDK.name()).startsWith("JDK " + Runtime.version().feature());
        assertThat(Ciphers.best().isAvailable()).isTrue();
    }

    @Test
    void theMostPreferredThatIsAvailableWins() {
        assertThat(Ciphers.choose(List.of(BROKEN, JDK, FAST), null)).isSameAs(FAST);
        assertThat(Ciphers.choose(List.of(BROKEN, JDK), null)).isSameAs(JDK);
    }

    @Test
    void anIdForcesOne() {
        assertThat(Ciphers.choose(List.of(BROKEN, JDK, FAST), "jdk")).isSameAs(JDK);
    }

    @Test
    void whereOneIsForcedNoOtherIsAsked() {
        CipherProvider untouchable =
                new CipherProvider() {
                    @Override
                    public String id() {
                        return "untouchable";
                    }

                    @Override
                    public String name() {
                        throw new AssertionError("loads its library");
                    }

                    @Override
                    public int preference() {
                        return 30;
                    }

                    @Override
                    public boolean isAvailable() {
                        throw new AssertionError("loads its library");
                    }

                    @Override
                    public Aead newPacketAead() {
                        throw new AssertionError("loads its library");
                    }

                    @Override
                    public Aead newTokenAead() {
                        throw new AssertionError("loads its library");
                    }
                };
        assertThat(Ciphers.choose(List.of(untouchable, JDK), "jdk")).isSameAs(JDK);
    }

    @Test
    void anUnknownIdIsRefusedWithTheOnesThereAre() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Ciphers.choose(List.of(BROKEN, JDK, FAST), "sodium"))
                .withMessageContaining("'sodium'")
                .withMessageContaining("hawser.crypto")
                .withMessageContaining("are not there")
                .withMessageEndingWith("available: jdk, fast");
    }

    @Test
    void anIdThatCannotBeUsedHereIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Ciphers.choose(List.of(BROKEN, JDK), "broken"))
                .withMessageContaining("cannot be used on this machine (its library is missing)")
                .withMessageEndingWith("available: jdk");
    }
}
