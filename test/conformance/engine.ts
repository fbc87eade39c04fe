import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type {
  MediaEngine,
  ProduceOffer,
  ReceiveTransport,
  SendTransport,
  TransportState,
} from '../../src/client/index.ts';
import { MeetingError } from '../../src/client/index.ts';
import type { DtlsParameters, MediaKind, MediaSource, RtpCapabilities } from '../../src/protocol/media.ts';
import type { ConsumerInfo, ProducerId, TransportInfo } from '../../src/protocol/messages.ts';

export interface EngineUnderTest {
  engine: MediaEngine;
  routerCapabilities: RtpCapabilities;
  /** A transport as the server would describe it; each call another one. */
  transportInfo(): TransportInfo;
  makeTrack(kind: MediaKind): MediaStreamTrack;
  /** As when a device is unplugged. */
  endTrack(track: MediaStreamTrack): void;
  close(): Promise<void> | void;
}

interface World {
  under: EngineUnderTest;
  capabilities: RtpCapabilities;
  connects: DtlsParameters[];
  offers: ProduceOffer[];
  states: TransportState[];
  refuse: MeetingError | undefined;
}

const settings = { videoCodecs: ['video/VP8', 'video/H264'] };

/** What every media engine has to do, with or without packets. */
export function engineConformance(name: string, make: () => Promise<EngineUnderTest>): void {
  const test = suite<World>(`engine: ${name}`);

  test.before.each(async (world) => {
    world.under = await make();
    world.capabilities = await world.under.engine.load(world.under.routerCapabilities);
    world.connects = [];
    world.offers = [];
    world.states = [];
    world.refuse = undefined;
  });
  test.after.each(async ({ under }) => {
    under.engine.close();
    await under.close();
  });

  test('tells what it can receive, of what the router has', ({ under, capabilities }) => {
    const known = under.routerCapabilities.codecs.map(({ mimeType }) => mimeType.toLowerCase());
    assert.ok(capabilities.codecs.some(({ mimeType }) => mimeType.toLowerCase() === 'audio/opus'));
    assert.ok(capabilities.codecs.some(({ kind }) => kind === 'video'));
    for (const { mimeType } of capabilities.codecs)
      assert.ok(known.includes(mimeType.toLowerCase()), mimeType);
  });

  test('connects on first use, once, before it produces', async (world) => {
    const transport = sendTransport(world);
    assert.is(transport.state, 'new');
    assert.equal(world.connects, []);
    const [microphone, camera] = await Promise.all([
      produce(world, transport, 'microphone'),
      produce(world, transport, 'camera', true),
    ]);
    assert.is(world.connects.length, 1);
    assert.match(world.connects[0]?.fingerprints[0]?.value ?? '', /^([0-9A-Fa-f]{2}:)+[0-9A-Fa-f]{2}$/);
    assert.equal(
      world.offers.map(({ kind, source, paused }) => ({ kind, source, paused })),
      [
        { kind: 'audio', source: 'microphone', paused: false },
        { kind: 'video', source: 'camera', paused: true },
      ],
    );
    assert.not.equal(microphone.id, camera.id);
  });

  test('offers RTP parameters that a router can take', async (world) => {
    const transport = sendTransport(world);
    await produce(world, transport, 'microphone');
    await produce(world, transport, 'camera');
    for (const { kind, rtpParameters } of world.offers) {
      const [codec] = rtpParameters.codecs;
      assert.is(codec?.mimeType.toLowerCase(), kind === 'audio' ? 'audio/opus' : 'video/vp8');
      assert.ok(rtpParameters.encodings.length > 0);
      for (const { ssrc, rid } of rtpParameters.encodings) assert.ok(ssrc || rid);
      const types = new Set(rtpParameters.codecs.map(({ payloadType }) => payloadType));
      assert.is(types.size, rtpParameters.codecs.length);
    }
  });

  test('passes the server’s refusal on, and works afterwards', async (world) => {
    const transport = sendTransport(world);
    world.refuse = new MeetingError('already-published', 'camera');
    assert.is(await codeOf(produce(world, transport, 'camera')), 'already-published');
    world.refuse = undefined;
    await produce(world, transport, 'camera');
  });

  test('does not publish a track that has ended', async (world) => {
    const track = world.under.makeTrack('audio');
    world.under.endTrack(track);
    const options = { source: 'microphone', settings, paused: false } as const;
    assert.is(await codeOf(sendTransport(world).produce(track, options)), 'track-ended');
    assert.equal(world.offers, []);
  });

  test('a sender can be paused, given other tracks and none, in any order', async (world) => {
    const sender = await produce(world, sendTransport(world), 'camera');
    const another = world.under.makeTrack('video');
    sender.pause();
    sender.pause();
    await sender.replaceTrack(null);
    await sender.replaceTrack(another);
    sender.resume();
    await sender.replaceTrack(world.under.makeTrack('video'));
    sender.resume();
    assert.ok(Array.isArray((await sender.stats()).layers));
    const ended = world.under.makeTrack('video');
    world.under.endTrack(ended);
    assert.is(await codeOf(sender.replaceTrack(ended)), 'track-ended');
    assert.is(another.readyState, 'live', 'tracks are the caller’s');
    sender.close();
    sender.close();
  });

  test('a track that was handed over stays the caller’s when all is closed', async (world) => {
    const transport = sendTransport(world);
    const track = world.under.makeTrack('audio');
    await transport.produce(track, { source: 'microphone', settings, paused: false });
    transport.close();
    assert.is(track.readyState, 'live');
  });

  test('receives many at once, connected once', async (world) => {
    const transport = receiveTransport(world);
    const receivers = await Promise.all(
      (['audio', 'video', 'audio'] as const).map((kind, index) =>
        transport.consume(consumer(world, kind, index)),
      ),
    );
    assert.is(world.connects.length, 1);
    assert.equal(
      receivers.map(({ id, track }) => `${id} ${track.kind} ${track.readyState}`),
      ['c0 audio live', 'c1 video live', 'c2 audio live'],
    );
    const stats = await receivers[0]?.stats();
    assert.is(stats?.packetsLost, 0);
    for (const receiver of receivers) {
      receiver.close();
      receiver.close();
    }
    assert.is(receivers[0]?.track.readyState, 'ended');
    await transport.consume(consumer(world, 'video', 3));
  });

  test('a closed transport does nothing more and says nothing about its own end', async (world) => {
    const sending = sendTransport(world);
    const receiving = receiveTransport(world);
    await produce(world, sending, 'microphone');
    const { track } = await receiving.consume(consumer(world, 'audio', 0));
    for (const transport of [sending, receiving]) {
      transport.close();
      transport.close();
      assert.is(transport.state, 'closed');
    }
    assert.not(world.states.includes('closed'));
    assert.is(track.readyState, 'ended');
    assert.ok(await codeOf(produce(world, sending, 'camera')));
    assert.ok(await codeOf(receiving.consume(consumer(world, 'audio', 1))));
    assert.ok(await codeOf(sending.restartIce(world.under.transportInfo().iceParameters, [])));
  });

  test('closing while a publication is under way ends it', async (world) => {
    const transport = sendTransport(world);
    const publishing = codeOf(produce(world, transport, 'microphone'));
    transport.close();
    assert.ok(await publishing);
  });

  test('ICE can be restarted, and a transport counted', async (world) => {
    const transport = sendTransport(world);
    await produce(world, transport, 'microphone');
    await transport.restartIce(world.under.transportInfo().iceParameters, []);
    const stats = await transport.stats();
    assert.is(stats.state, transport.state);
    assert.ok(stats.bytesSent >= 0 && stats.bytesReceived >= 0);
  });

  test('closing the engine closes all of it', (world) => {
    const transports = [sendTransport(world), receiveTransport(world)];
    world.under.engine.close();
    world.under.engine.close();
    assert.equal(
      transports.map(({ state }) => state),
      ['closed', 'closed'],
    );
  });

  test.run();
}

function sendTransport(world: World): SendTransport {
  let count = 0;
  return world.under.engine.createSendTransport(world.under.transportInfo(), {
    ...callbacks(world),
    produce: async (offer) => {
      if (world.refuse) throw world.refuse;
      world.offers.push(offer);
      count += 1;
      return `p${count}` as ProducerId;
    },
  });
}

function receiveTransport(world: World): ReceiveTransport {
  return world.under.engine.createReceiveTransport(world.under.transportInfo(), callbacks(world));
}

function callbacks(world: World) {
  return {
    connect: async (dtls: DtlsParameters) => {
      world.connects.push(dtls);
    },
    stateChanged: (state: TransportState) => {
      world.states.push(state);
    },
  };
}

function produce(world: World, transport: SendTransport, source: MediaSource, paused = false) {
  const track = world.under.makeTrack(source === 'microphone' ? 'audio' : 'video');
  return transport.produce(track, { source, settings, paused });
}

/** As the router would make it for this receiver. */
function consumer({ capabilities }: World, kind: MediaKind, index: number): ConsumerInfo {
  const mimeType = kind === 'audio' ? 'audio/opus' : 'video/VP8';
  const codec = capabilities.codecs.find((its) => its.mimeType.toLowerCase() === mimeType.toLowerCase());
  if (!codec) throw new Error(`no ${mimeType}`);
  const { preferredPayloadType: payloadType, kind: _, ...rest } = codec;
  return {
    id: `c${index}` as ConsumerInfo['id'],
    producerId: `remote${index}` as ProducerId,
    kind,
    rtpParameters: {
      codecs: [{ ...rest, payloadType }],
      headerExtensions: [],
      encodings: [{ ssrc: 10_000 + index }],
      rtcp: { cname: `somebody${index}`, reducedSize: true },
    },
    type: 'simple',
    producerPaused: false,
  };
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return '';
  } catch (error) {
    if (error instanceof MeetingError) return error.code;
    throw error;
  }
}
