package dev.hawser.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.hawser.Authentication;
import dev.hawser.NetServer;
import dev.hawser.Refusal;
import dev.hawser.ServerHandler;
import dev.hawser.keys.SecretReaders;
import dev.hawser.local.LocalServer;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.WallClock;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.spi.AbstractServer;
import dev.hawser.tls.CertificateSource;
import dev.hawser.token.TokenSource;
import dev.hawser.transport.MemoryNetwork;
import dev.hawser.transport.Transport;
import dev.hawser.transport.UdpTransport;
import dev.hawser.web.WebServerOptions;
import dev.hawser.web.websocket.WebSocketClient;
import dev.hawser.web.websocket.WebSocketServer;
import dev.hawser.web.webtransport.WebTransportClient;
import dev.hawser.web.webtransport.WebTransportServer;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whoever sets something up with null is told at once, and not when the game runs, or never: an
/// option that takes null for its default may have been meant to keep somebody out.
class NullsTest {
    private static final NetAddress ADDRESS = NetAddress.parse("127.0.0.1:7777");
    private static final PrivateKey KEY = PrivateKey.random(new Random(1)::nextBytes);

    /// What has no builder.
    private static final List<Class<?>> FACTORIES =
            List.of(
                    Authentication.Token.class,
                    Authentication.Backend.class,
                    Authentication.Manual.class,
                    UdpTransport.class,
                    WebTransportServer.class,
                    WebTransportClient.class,
                    WebSocketServer.class,
                    WebSocketClient.class);

    /// Its builders need Steam's library, and have a test of their own.
    private static final Set<String> LEFT_OUT = Set.of("dev.hawser.steam");

    /// For the parameters beside the one that is null.
    private static final Map<Class<?>, Object> SAMPLES =
            Map.ofEntries(
                    Map.entry(NetAddress.class, ADDRESS),
                    Map.entry(PrivateKey.class, KEY),
                    Map.entry(KeyRing.class, KeyRing.of(KEY)),
                    Map.entry(ConnectToken.class, token()),
                    Map.entry(Transport.class, new MemoryNetwork().bind(ADDRESS)),
                    Map.entry(NetServer.class, LocalServer.builder().build()),
                    Map.entry(ServerHandler.class, (ServerHandler) (_, _) -> {}),
                    Map.entry(CertificateSource.class, CertificateSource.development()),
                    Map.entry(WebServerOptions.class, WebServerOptions.builder().build()),
                    Map.entry(UserData.class, UserData.EMPTY),
                    Map.entry(TokenSource.class, (TokenSource) () -> null),
                    Map.entry(Function.class, Function.identity()),
                    Map.entry(URI.class, URI.create("https://localhost:1/")),
                    Map.entry(Path.class, Path.of("x")),
                    Map.entry(SecretReaders.class, SecretReaders.OWNER),
                    Map.entry(LocalServer.class, LocalServer.builder().build()),
                    Map.entry(AbstractServer.class, LocalServer.builder().build()),
                    Map.entry(Duration.class, Duration.ofSeconds(2)),
                    Map.entry(Refusal.Draining.class, new Refusal.Draining("x", 1)),
                    Map.entry(List.class, List.of(ADDRESS)),
                    // One text that everybody takes, also who takes nothing but a store's URL.
                    Map.entry(String.class, "redis://x"),
                    Map.entry(int.class, 1),
                    Map.entry(long.class, 1L));

    private static ConnectToken token() {
        RandomBytes random = new Random(1)::nextBytes;
        WallClock clock = () -> 1_800_000_000L;
        return new TokenMint(KEY, 1, random, clock)
                .mint(TokenRequest.builder(1).server(ADDRESS).build());
    }

    static Stream<Class<?>> classes() {
        return Stream.concat(
                FACTORIES.stream(),
                Built.exportedClasses().stream()
                        .filter(one -> !LEFT_OUT.contains(one.getPackageName()))
                        .filter(one -> builderMethods(one).findAny().isPresent()));
    }

    private static Stream<Method> builderMethods(Class<?> one) {
        return Arrays.stream(one.getDeclaredMethods())
                .filter(method -> method.getName().equals("builder"))
                .filter(method -> Modifier.isPublic(method.getModifiers()));
    }

    @ParameterizedTest
    @MethodSource("classes")
    void whatIsSetToNullIsRefusedAtOnce(Class<?> one) throws Exception {
        List<String> taken = new ArrayList<>();
        if (FACTORIES.contains(one)) {
            for (Executable maker : makersOf(one)) {
                addTaken(maker, null, taken);
            }
        }
        for (Method method : builderMethods(one).toList()) {
            addTaken(method, null, taken);
            Object builder = method.invoke(null, samples(method));
            for (Method setter : builder.getClass().getMethods()) {
                if (setter.getDeclaringClass() != Object.class
                        && !Modifier.isStatic(setter.getModifiers())) {
                    setter.setAccessible(true);
                    addTaken(setter, builder, taken);
                }
            }
        }
        assertThat(taken).as("taken of %s", one.getName()).isEmpty();
    }

    private static List<Executable> makersOf(Class<?> one) {
        List<Executable> makers = new ArrayList<>(List.of(one.getConstructors()));
        Arrays.stream(one.getDeclaredMethods())
                .filter(method -> Modifier.isStatic(method.getModifiers()))
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .forEach(makers::add);
        return makers;
    }

    private static Object[] samples(Executable of) {
        return Arrays.stream(of.getParameterTypes()).map(type -> assertHas(type, of)).toArray();
    }

    private static Object assertHas(Class<?> type, Executable of) {
        assertThat(SAMPLES).as("a sample for %s", of).containsKey(type);
        return SAMPLES.get(type);
    }

    private static void addTaken(Executable maker, @Nullable Object target, List<String> taken) {
        Parameter[] parameters = maker.getParameters();
        for (int i = 0; i < parameters.length; i++) {
            boolean mayBeNull =
                    parameters[i].getType().isPrimitive()
                            || parameters[i].getAnnotatedType().isAnnotationPresent(Nullable.class);
            if (mayBeNull) {
                continue;
            }
            Object[] arguments = parameters.length == 1 ? new Object[1] : samples(maker);
            arguments[i] = null;
            Throwable thrown = catchThrowable(() -> call(maker, target, arguments));
            if (!(thrown instanceof NullPointerException)) {
                taken.add(maker + " parameter " + i + ": " + thrown);
            }
        }
    }

    private static void call(Executable maker, @Nullable Object target, Object[] arguments)
            throws Throwable {
        try {
            if (maker instanceof Method method) {
                method.invoke(target, arguments);
            } else {
                ((Constructor<?>) maker).newInstance(arguments);
            }
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
