package dev.hawser.steam;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.hawser.steam.SteamLibrary.Accessors;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The flat C interface of Steam's networking (`steamnetworkingsockets_flat.h`): the one class that
/// knows its names and signatures. The same functions are in the Steamworks SDK's library and in
/// GameNetworkingSockets.
///
/// A C++ `bool` is a boolean, a reference an address, and a message's pointer a long: it is only
/// carried around. Nothing here checks anything; [SteamApi] sees to it that there is something to
/// call.
@SuppressWarnings("restricted") // Native access is what this is for.
final class SteamFlat {
    /// A function as the library exports it.
    record Function(String name, FunctionDescriptor type) {}

    private static final String SOCKETS = "SteamAPI_ISteamNetworkingSockets_";
    private static final String UTILS = "SteamAPI_ISteamNetworkingUtils_";

    private static final Function CREATE_LISTEN_SOCKET_IP =
            function(SOCKETS, "CreateListenSocketIP", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
    private static final Function CREATE_LISTEN_SOCKET_P2P =
            function(SOCKETS, "CreateListenSocketP2P", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private static final Function CONNECT_BY_IP_ADDRESS =
            function(SOCKETS, "ConnectByIPAddress", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
    private static final Function CONNECT_P2P =
            function(SOCKETS, "ConnectP2P", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    private static final Function ACCEPT_CONNECTION =
            function(SOCKETS, "AcceptConnection", JAVA_INT, JAVA_INT);
    private static final Function CLOSE_CONNECTION =
            function(
                    SOCKETS,
                    "CloseConnection",
                    JAVA_BOOLEAN,
                    JAVA_INT,
                    JAVA_INT,
                    ADDRESS,
                    JAVA_BOOLEAN);
    private static final Function CLOSE_LISTEN_SOCKET =
            function(SOCKETS, "CloseListenSocket", JAVA_BOOLEAN, JAVA_INT);
    private static final Function SET_CONNECTION_USER_DATA =
            function(SOCKETS, "SetConnectionUserData", JAVA_BOOLEAN, JAVA_INT, JAVA_LONG);
    private static final Function SEND_MESSAGE_TO_CONNECTION =
            function(
                    SOCKETS,
                    "SendMessageToConnection",
                    JAVA_INT,
                    JAVA_INT,
                    ADDRESS,
                    JAVA_INT,
                    JAVA_INT,
                    ADDRESS);
    private static final Function FLUSH_MESSAGES_ON_CONNECTION =
            function(SOCKETS, "FlushMessagesOnConnection", JAVA_INT, JAVA_INT);
    private static final Function RECEIVE_MESSAGES_ON_CONNECTION =
            function(SOCKETS, "ReceiveMessagesOnConnection", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final Function GET_CONNECTION_INFO =
            function(SOCKETS, "GetConnectionInfo", JAVA_BOOLEAN, JAVA_INT, ADDRESS);
    private static final Function GET_CONNECTION_REAL_TIME_STATUS =
            function(
                    SOCKETS,
                    "GetConnectionRealTimeStatus",
                    JAVA_INT,
                    JAVA_INT,
                    ADDRESS,
                    JAVA_INT,
                    ADDRESS);
    private static final Function GET_LISTEN_SOCKET_ADDRESS =
            function(SOCKETS, "GetListenSocketAddress", JAVA_BOOLEAN, JAVA_INT, ADDRESS);
    private static final Function GET_IDENTITY =
            function(SOCKETS, "GetIdentity", JAVA_BOOLEAN, ADDRESS);
    private static final Function CREATE_POLL_GROUP =
            function(SOCKETS, "CreatePollGroup", JAVA_INT);
    private static final Function DESTROY_POLL_GROUP =
            function(SOCKETS, "DestroyPollGroup", JAVA_BOOLEAN, JAVA_INT);
    private static final Function SET_CONNECTION_POLL_GROUP =
            function(SOCKETS, "SetConnectionPollGroup", JAVA_BOOLEAN, JAVA_INT, JAVA_INT);
    private static final Function RECEIVE_MESSAGES_ON_POLL_GROUP =
            function(SOCKETS, "ReceiveMessagesOnPollGroup", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final Function RUN_CALLBACKS =
            new Function(SOCKETS + "RunCallbacks", FunctionDescriptor.ofVoid(ADDRESS));
    private static final Function SET_CONFIG_VALUE =
            function(
                    UTILS,
                    "SetConfigValue",
                    JAVA_BOOLEAN,
                    JAVA_INT,
                    JAVA_INT,
                    JAVA_LONG,
                    JAVA_INT,
                    ADDRESS);
    private static final Function RELEASE_MESSAGE =
            new Function(
                    "SteamAPI_SteamNetworkingMessage_t_Release",
                    FunctionDescriptor.ofVoid(JAVA_LONG));

    /// What both libraries have, and nothing works without.
    static final List<Function> REQUIRED =
            List.of(
                    CREATE_LISTEN_SOCKET_IP,
                    CREATE_LISTEN_SOCKET_P2P,
                    CONNECT_BY_IP_ADDRESS,
                    CONNECT_P2P,
                    ACCEPT_CONNECTION,
                    CLOSE_CONNECTION,
                    CLOSE_LISTEN_SOCKET,
                    SET_CONNECTION_USER_DATA,
                    SEND_MESSAGE_TO_CONNECTION,
                    FLUSH_MESSAGES_ON_CONNECTION,
                    RECEIVE_MESSAGES_ON_CONNECTION,
                    GET_CONNECTION_INFO,
                    GET_CONNECTION_REAL_TIME_STATUS,
                    GET_LISTEN_SOCKET_ADDRESS,
                    GET_IDENTITY,
                    CREATE_POLL_GROUP,
                    DESTROY_POLL_GROUP,
                    SET_CONNECTION_POLL_GROUP,
                    RECEIVE_MESSAGES_ON_POLL_GROUP,
                    RUN_CALLBACKS,
                    SET_CONFIG_VALUE,
                    RELEASE_MESSAGE);

    private static final Function INIT_RELAY_NETWORK_ACCESS =
            new Function(UTILS + "InitRelayNetworkAccess", FunctionDescriptor.ofVoid(ADDRESS));
    private static final Function GET_RELAY_NETWORK_STATUS =
            function(UTILS, "GetRelayNetworkStatus", JAVA_INT, ADDRESS);

    private static final Function STEAM_INIT =
            new Function("SteamAPI_InitFlat", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final Function STEAM_SHUTDOWN =
            new Function("SteamAPI_Shutdown", FunctionDescriptor.ofVoid());
    private static final Function STEAM_RUN_CALLBACKS =
            new Function("SteamAPI_RunCallbacks", FunctionDescriptor.ofVoid());

    /// What only the Steamworks SDK has; looked for when it is needed.
    static final List<Function> SDK_ONLY =
            List.of(
                    INIT_RELAY_NETWORK_ACCESS,
                    GET_RELAY_NETWORK_STATUS,
                    STEAM_INIT,
                    STEAM_SHUTDOWN,
                    STEAM_RUN_CALLBACKS);

    private static final Function GNS_INIT =
            new Function(
                    "GameNetworkingSockets_Init",
                    FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS, ADDRESS));
    private static final Function GNS_KILL =
            new Function("GameNetworkingSockets_Kill", FunctionDescriptor.ofVoid());

    /// What only GameNetworkingSockets has.
    static final List<Function> GNS_ONLY = List.of(GNS_INIT, GNS_KILL);

    /// `SteamErrMsg` and `SteamNetworkingErrMsg`.
    private static final int ERROR_MESSAGE_BYTES = 1024;

    /// `ESteamAPIInitResult`: all is well.
    private static final int STEAM_INIT_OK = 0;

    private final SteamLibrary library;
    private final MemorySegment sockets;
    private final MemorySegment utils;

    private final MethodHandle createListenSocketIp;
    private final MethodHandle createListenSocketP2p;
    private final MethodHandle connectByIpAddress;
    private final MethodHandle connectP2p;
    private final MethodHandle acceptConnection;
    private final MethodHandle closeConnection;
    private final MethodHandle closeListenSocket;
    private final MethodHandle setConnectionUserData;
    private final MethodHandle sendMessageToConnection;
    private final MethodHandle flushMessagesOnConnection;
    private final MethodHandle receiveMessagesOnConnection;
    private final MethodHandle connectionInfo;
    private final MethodHandle connectionRealTimeStatus;
    private final MethodHandle listenSocketAddress;
    private final MethodHandle identity;
    private final MethodHandle createPollGroup;
    private final MethodHandle destroyPollGroup;
    private final MethodHandle setConnectionPollGroup;
    private final MethodHandle receiveMessagesOnPollGroup;
    private final MethodHandle runCallbacks;
    private final MethodHandle setConfigValue;
    private final MethodHandle releaseMessage;

    /// @param sockets an `ISteamNetworkingSockets*`, not NULL
    /// @param utils an `ISteamNetworkingUtils*`, not NULL
    /// @throws SteamUnavailableException when the library lacks a function
    SteamFlat(SteamLibrary library, MemorySegment sockets, MemorySegment utils)
            throws SteamUnavailableException {
        this.library = library;
        this.sockets = sockets;
        this.utils = utils;
        createListenSocketIp = bind(library, CREATE_LISTEN_SOCKET_IP);
        createListenSocketP2p = bind(library, CREATE_LISTEN_SOCKET_P2P);
        connectByIpAddress = bind(library, CONNECT_BY_IP_ADDRESS);
        connectP2p = bind(library, CONNECT_P2P);
        acceptConnection = bind(library, ACCEPT_CONNECTION);
        closeConnection = bind(library, CLOSE_CONNECTION);
        closeListenSocket = bind(library, CLOSE_LISTEN_SOCKET);
        setConnectionUserData = bind(library, SET_CONNECTION_USER_DATA);
        sendMessageToConnection = bind(library, SEND_MESSAGE_TO_CONNECTION);
        flushMessagesOnConnection = bind(library, FLUSH_MESSAGES_ON_CONNECTION);
        receiveMessagesOnConnection = bind(library, RECEIVE_MESSAGES_ON_CONNECTION);
        connectionInfo = bind(library, GET_CONNECTION_INFO);
        connectionRealTimeStatus = bind(library, GET_CONNECTION_REAL_TIME_STATUS);
        listenSocketAddress = bind(library, GET_LISTEN_SOCKET_ADDRESS);
        identity = bind(library, GET_IDENTITY);
        createPollGroup = bind(library, CREATE_POLL_GROUP);
        destroyPollGroup = bind(library, DESTROY_POLL_GROUP);
        setConnectionPollGroup = bind(library, SET_CONNECTION_POLL_GROUP);
        receiveMessagesOnPollGroup = bind(library, RECEIVE_MESSAGES_ON_POLL_GROUP);
        runCallbacks = bind(library, RUN_CALLBACKS);
        setConfigValue = bind(library, SET_CONFIG_VALUE);
        releaseMessage = bind(library, RELEASE_MESSAGE);
    }

    private static Function function(
            String prefix, String name, MemoryLayout result, MemoryLayout... arguments) {
        MemoryLayout[] withSelf = new MemoryLayout[arguments.length + 1];
        withSelf[0] = ADDRESS;
        System.arraycopy(arguments, 0, withSelf, 1, arguments.length);
        return new Function(prefix + name, FunctionDescriptor.of(result, withSelf));
    }

    private static MethodHandle bind(SteamLibrary library, Function function)
            throws SteamUnavailableException {
        return find(library.symbols(), function).orElseThrow(() -> library.lacks(function.name()));
    }

    private static Optional<MethodHandle> find(SymbolLookup symbols, Function function) {
        return symbols.find(function.name())
                .map(address -> Linker.nativeLinker().downcallHandle(address, function.type()));
    }

    // ---- Sockets

    /// {@return a listen socket, or 0}
    ///
    /// @param address a `SteamNetworkingIPAddr`
    int createListenSocketIp(MemorySegment address, int options, MemorySegment optionArray) {
        try {
            return (int) createListenSocketIp.invokeExact(sockets, address, options, optionArray);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /// {@return a listen socket, or 0}
    int createListenSocketP2p(int virtualPort, int options, MemorySegment optionArray) {
        try {
            return (int)
                    createListenSocketP2p.invokeExact(sockets, virtualPort, options, optionArray);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /// {@return a connection, or 0}
    ///
    /// @param address a `SteamNetworkingIPAddr`
    int connectByIpAddress(MemorySegment address, int options, MemorySegment optionArray) {
        try {
            return (int) connectByIpAddress.invokeExact(sockets, address, options, optionArray);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /// {@return a connection, or 0}
    ///
    /// @param peer a `SteamNetworkingIdentity`
    int connectP2p(MemorySegment peer, int virtualPort, int options, MemorySegment optionArray) {
        try {
            return (int) connectP2p.invokeExact(sockets, peer, virtualPort, options, optionArray);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /// {@return an `EResult`}
    int acceptConnection(int connection) {
        try {
            return (int) acceptConnection.invokeExact(sockets, connection);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /// {@return whether there was such a connection}
    ///
    /// @param code 1000 to 2999, or 0
    /// @param text with a zero at its end, at most 128 bytes with it; the peer gets to see it
    /// @param lingers whether reliable messages that wait are sent before
    boolean closeConnection(int connection, int code, MemorySegment text, boolean lingers) {
        try {
            return (boolean) closeConnection.invokeExact(sockets, connection, code, text, lingers);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    boolean closeListenSocket(int listenSocket) {
        try {
            return (boolean) closeListenSocket.invokeExact(sockets, listenSocket);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    boolean setConnectionUserData(int connection, long userData) {
        try {
            return (boolean) setConnectionUserData.invokeExact(sockets, connection, userData);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /// {@return an `EResult`}
    int sendMessageToConnection(int connection, MemorySegment data, int bytes, int flags) {
        try {
            return (int)
                    sendMessageToConnection.invokeExact(
                            sockets, connection, data, bytes, flags, MemorySegment.NULL);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /// {@return an `EResult`}
    int flushMessagesOnConnection(int connection) {
        try {
            return (int) flushMessagesOnConnection.invokeExact(sockets, connection);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /// {@return how many messages were put into the array, or less than 0}
    ///
    /// @param messages an array of pointers, each to be released
    int receiveMessagesOnConnection(int connection, MemorySegment messages, int messagesMax) {
        try {
            return (int)
                    receiveMessagesOnConnection.invokeExact(
                            sockets, connection, messages, messagesMax);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /// @param info a `SteamNetConnectionInfo_t`
    boolean connectionInfo(int connection, MemorySegment info) {
        try {
            return (boolean) connectionInfo.invokeExact(sockets, connection, info);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /// {@return an `EResult`}
    ///
    /// @param status a `SteamNetConnectionRealTimeStatus_t`
    int connectionRealTimeStatus(int connection, MemorySegment status) {
        try {
            return (int)
                    connectionRealTimeStatus.invokeExact(
                            sockets, connection, status, 0, MemorySegment.NULL);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /// @param address a `SteamNetworkingIPAddr`
    boolean listenSocketAddress(int listenSocket, MemorySegment address) {
        try {
            return (boolean) listenSocketAddress.invokeExact(sockets, listenSocket, address);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /// @param identity a `SteamNetworkingIdentity`
    boolean identity(MemorySegment identity) {
        try {
            return (boolean) this.identity.invokeExact(sockets, identity);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    int createPollGroup() {
        try {
            return (int) createPollGroup.invokeExact(sockets);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    boolean destroyPollGroup(int pollGroup) {
        try {
            return (boolean) destroyPollGroup.invokeExact(sockets, pollGroup);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /// @param pollGroup 0 for none
    boolean setConnectionPollGroup(int connection, int pollGroup) {
        try {
            return (boolean) setConnectionPollGroup.invokeExact(sockets, connection, pollGroup);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /// {@return how many messages were put into the array, or less than 0}
    ///
    /// @param messages an array of pointers, each to be released
    int receiveMessagesOnPollGroup(int pollGroup, MemorySegment messages, int messagesMax) {
        try {
            return (int)
                    receiveMessagesOnPollGroup.invokeExact(
                            sockets, pollGroup, messages, messagesMax);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    void runCallbacks() {
        try {
            runCallbacks.invokeExact(sockets);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /// @param message a `SteamNetworkingMessage_t*`
    void releaseMessage(long message) {
        try {
            releaseMessage.invokeExact(message);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    // ---- Utils

    /// {@return whether the library knows the key and takes the value}
    ///
    /// @param scope an `ESteamNetworkingConfigScope`
    /// @param object whose value it is, by scope; 0 where it is everybody's
    /// @param type an `ESteamNetworkingConfigDataType`
    boolean setConfigValue(int key, int scope, long object, int type, MemorySegment value) {
        try {
            return (boolean) setConfigValue.invokeExact(utils, key, scope, object, type, value);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /// Makes contact with the relays, where the library has any.
    ///
    /// @return false where it has none
    boolean initRelayNetworkAccess() {
        MethodHandle init = find(library.symbols(), INIT_RELAY_NETWORK_ACCESS).orElse(null);
        if (init == null) {
            return false;
        }
        try {
            init.invokeExact(utils);
            return true;
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /// {@return an `ESteamNetworkingAvailability`, or 0 where the library has no relays}
    int relayNetworkStatus() {
        MethodHandle status = find(library.symbols(), GET_RELAY_NETWORK_STATUS).orElse(null);
        if (status == null) {
            return 0;
        }
        try {
            return (int) status.invokeExact(utils, MemorySegment.NULL);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    // ---- Before there is an interface, and after it

    /// {@return the first of the accessors that exists: it returns the interface, or NULL while
    /// Steam is not initialised}
    ///
    /// @throws SteamUnavailableException when the library has none of them
    static Supplier<MemorySegment> accessor(SteamLibrary library, Accessors accessors)
            throws SteamUnavailableException {
        for (String name : accessors.names()) {
            MethodHandle handle =
                    find(library.symbols(), new Function(name, FunctionDescriptor.of(ADDRESS)))
                            .orElse(null);
            if (handle != null) {
                return () -> {
                    try {
                        return (MemorySegment) handle.invokeExact();
                    } catch (Throwable e) {
                        throw failed(e);
                    }
                };
            }
        }
        throw library.hasNo(accessors);
    }

    /// Initialises Steam for a process that has nobody else to do it.
    ///
    /// @throws SteamUnavailableException when that fails, with Steam's own words
    static void initSteam(SteamLibrary library) throws SteamUnavailableException {
        MethodHandle init = bind(library, STEAM_INIT);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment message = arena.allocate(ERROR_MESSAGE_BYTES);
            int result = steamInit(init, message);
            if (result != STEAM_INIT_OK) {
                throw library.notInitialised(result, errorMessage(message));
            }
        }
    }

    private static int steamInit(MethodHandle init, MemorySegment message) {
        try {
            return (int) init.invokeExact(message);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /// {@return what runs the callbacks of all of Steam}
    ///
    /// @throws SteamUnavailableException when the library has no such function
    static Runnable steamCallbacks(SteamLibrary library) throws SteamUnavailableException {
        return runnable(bind(library, STEAM_RUN_CALLBACKS));
    }

    /// {@return what ends Steam in this process}
    ///
    /// @throws SteamUnavailableException when the library has no such function
    static Runnable steamShutdown(SteamLibrary library) throws SteamUnavailableException {
        return runnable(bind(library, STEAM_SHUTDOWN));
    }

    /// Initialises GameNetworkingSockets.
    ///
    /// @return what ends it
    /// @throws SteamUnavailableException when that fails, with its own words
    static Runnable initGameNetworkingSockets(SteamLibrary library, SteamIdentity identity)
            throws SteamUnavailableException {
        MethodHandle init = bind(library, GNS_INIT);
        Runnable kill = runnable(bind(library, GNS_KILL));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment message = arena.allocate(ERROR_MESSAGE_BYTES);
            MemorySegment own = MemorySegment.NULL;
            if (!(identity instanceof SteamIdentity.Anonymous)) {
                own = arena.allocate(SteamLayouts.IDENTITY);
                SteamLayouts.writeIdentity(own, identity);
            }
            if (!gnsInit(init, own, message)) {
                throw library.notInitialised(0, errorMessage(message));
            }
        }
        return kill;
    }

    private static boolean gnsInit(MethodHandle init, MemorySegment own, MemorySegment message) {
        try {
            return (boolean) init.invokeExact(own, message);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    private static Runnable runnable(MethodHandle handle) {
        return () -> {
            try {
                handle.invokeExact();
            } catch (Throwable e) {
                throw failed(e);
            }
        };
    }

    private static String errorMessage(MemorySegment message) {
        message.set(JAVA_BYTE, ERROR_MESSAGE_BYTES - 1, (byte) 0);
        return message.getString(0, StandardCharsets.UTF_8).strip();
    }

    /// Native code throws nothing: this is a mistake in here.
    private static AssertionError failed(Throwable e) {
        return new AssertionError("a call of Steam's flat interface failed", e);
    }
}
