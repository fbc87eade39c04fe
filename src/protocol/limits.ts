/** Bounds both ends must agree on; everything a deployment may tune is in the server's configuration instead. */
export const limits = {
  /** bytes in one WebSocket message, either direction from a client's view of sending */
  messageBytes: 64 * 1024,
  /** characters (UTF-16 code units) after trimming */
  displayNameLength: 64,
  roomNameLength: 100,
  tokenLength: 4096,
  idLength: 64,
  /** ids in one subscribe, unsubscribe or startConsumers */
  idsPerRequest: 256,
  /** sources one participant publishes at a time: microphone, camera, screen, screen-audio */
  producersPerParticipant: 4,
  /** characters of a session description of a direct path */
  sdpLength: 24_000,
  sdpLines: 800,
  /** ICE candidates of one participant for one direct path, and in one message */
  directCandidates: 64,
  directCandidatesPerRequest: 16,
} as const;
