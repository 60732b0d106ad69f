import { readFileSync } from "node:fs";

/** The vectors of the testkit, as they stand in the repository: they exist once. */
const FILE = new URL(
    "../../../../modules/hawser-testkit/src/main/resources/dev/hawser/testkit/vectors/netcode-1.02.json",
    import.meta.url,
);

export interface ConnectTokenVector {
    clientId: string;
    timeoutSeconds: number;
    protocolId: string;
    createTimestamp: string;
    expireTimestamp: string;
    privateKey: string;
    nonce: string;
    publicAddresses: string[];
    internalAddresses: string[];
    clientToServerKey: string;
    serverToClientKey: string;
    userData: string;
    privatePlain: string;
    privateEncrypted: string;
    token: string;
}

export interface ChallengeTokenVector {
    clientId: string;
    userData: string;
    sequence: string;
    key: string;
    encrypted: string;
}

export interface PacketVector {
    type: "denied" | "challenge" | "response" | "keepAlive" | "payload" | "disconnect";
    sequence: string;
    protocolId: string;
    key: string;
    bytes: string;
    challengeSequence?: string;
    challengeToken?: string;
    clientIndex?: number;
    maxClients?: number;
    payload?: string;
}

export interface ReadVerdictVector {
    reader: "server" | "client";
    mutation: string;
    protocolId: string;
    key: string;
    bytes: string;
    accepted: boolean;
    type?: PacketVector["type"];
    sequence?: string;
}

export interface AddressVector {
    text: string;
    parsed: boolean;
    canonical?: string;
}

export interface SessionVector {
    clientId: string;
    protocolId: string;
    token: string;
    clientStates: { time: number; state: number }[];
    packets: { from: "client" | "server"; time: number; bytes: string }[];
}

export interface Vectors {
    connectTokens: ConnectTokenVector[];
    challengeTokens: ChallengeTokenVector[];
    packets: PacketVector[];
    readVerdicts: ReadVerdictVector[];
    replayWindows: [string, boolean][][];
    addresses: AddressVector[];
    session: SessionVector;
}

export const vectors: Vectors = JSON.parse(readFileSync(FILE, "utf8"));
