import type {
  Ask,
  AttemptId,
  ConsumerId,
  ParticipantId,
  ProduceAsk,
  ProducerId,
  RequestName,
  TransportId,
} from '../../../src/protocol/messages.ts';

const fingerprint = Array.from({ length: 32 }, () => 'AB').join(':');

/** Opus as a browser sends it, with whatever else a table of cases wants. */
export function microphoneAsk(transportId: TransportId, ssrc: number): ProduceAsk {
  return {
    transportId,
    kind: 'audio',
    source: 'microphone',
    paused: false,
    rtpParameters: {
      mid: '0',
      codecs: [
        {
          mimeType: 'audio/opus',
          payloadType: 111,
          clockRate: 48_000,
          channels: 2,
          parameters: { minptime: 10, useinbandfec: 1 },
          rtcpFeedback: [{ type: 'transport-cc', parameter: '' }],
        },
      ],
      headerExtensions: [],
      encodings: [{ ssrc, dtx: true }],
      rtcp: { cname: 'test', reducedSize: true },
    },
  };
}

/** As short as a session description of a direct path can be. */
export const directSdp = [
  'v=0',
  'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  ...['audio', 'video', 'video', 'audio'].map((kind) => `m=${kind} 9 UDP/TLS/RTP/SAVPF 96`),
  '',
].join('\r\n');

/** A well-formed request of every kind, about things that need not exist. */
export const sampleAsks: { readonly [N in RequestName]: Ask<N> } = {
  join: { token: 'participant@sample', displayName: 'Somebody' },
  leave: {},
  setCapabilities: {
    capabilities: {
      codecs: [
        {
          kind: 'audio',
          mimeType: 'audio/opus',
          preferredPayloadType: 100,
          clockRate: 48_000,
          channels: 2,
          parameters: {},
          rtcpFeedback: [],
        },
      ],
      headerExtensions: [],
    },
  },
  createTransport: { direction: 'receive' },
  connectTransport: {
    transportId: 'none' as TransportId,
    dtlsParameters: { role: 'client', fingerprints: [{ algorithm: 'sha-256', value: fingerprint }] },
  },
  restartIce: { transportId: 'none' as TransportId },
  produce: microphoneAsk('none' as TransportId, 1234),
  closeProducer: { producerId: 'none' as ProducerId },
  pauseProducer: { producerId: 'none' as ProducerId },
  resumeProducer: { producerId: 'none' as ProducerId },
  subscribe: { transportId: 'none' as TransportId, producerIds: ['none' as ProducerId] },
  unsubscribe: { consumerIds: ['none' as ConsumerId] },
  startConsumers: { consumerIds: ['none' as ConsumerId] },
  setViews: { views: [{ producerId: 'none' as ProducerId, width: 320, height: 180, pinned: false }] },
  setDataCeiling: { bitrate: 250_000, audioOnly: false },
  reportReception: {
    intervalMs: 1000,
    receivedBitrate: 300_000,
    packetsReceived: 100,
    packetsLost: 1,
    concealed: 0.01,
    jitterBufferMs: 60,
    freezes: 0,
    roundTripMs: 30,
    availableOutgoingBitrate: 0,
    uplinkLost: 0,
  },
  startCheck: {},
  openCheckPath: { worker: 0 },
  connectCheckPath: {
    transportId: 'none' as TransportId,
    dtlsParameters: { role: 'client', fingerprints: [{ algorithm: 'sha-256', value: fingerprint }] },
  },
  echoCheckPath: {
    transportId: 'none' as TransportId,
    kind: 'audio',
    rtpParameters: microphoneAsk('none' as TransportId, 1234).rtpParameters,
  },
  measureCheckPath: { transportId: 'none' as TransportId },
  closeCheckPath: { transportId: 'none' as TransportId },
  reportRoute: { candidateType: 'host', protocol: 'udp' },
  setDirectMedia: { possible: true, hideAddress: false },
  sendDirectDescription: {
    attemptId: 'none' as AttemptId,
    type: 'offer',
    sdp: directSdp,
  },
  sendDirectCandidates: {
    attemptId: 'none' as AttemptId,
    candidates: [
      {
        candidate:
          'candidate:1 1 udp 2122260223 192.0.2.1 54321 typ host generation 0 ufrag abcd network-id 1',
        mid: '0',
        usernameFragment: 'abcd',
      },
    ],
  },
  reportDirectPath: { attemptId: 'none' as AttemptId, state: 'connected' },
  muteParticipant: { participantId: 'none' as ParticipantId, source: 'microphone' },
  removeParticipant: { participantId: 'none' as ParticipantId },
  endMeeting: {},
};
