import type { types } from 'mediasoup';
import * as mediasoup from 'mediasoup';
import { type WebSocket, WebSocketServer } from 'ws';
import { BareParticipant } from './bare-participant.ts';
import type { BareProducer, FromBareServer } from './messages.ts';

export interface BareServerOptions {
  workerBinary: string;
  workers: number;
}

/** One worker with its port, and its part of the room. */
interface Part {
  worker: types.Worker;
  router: types.Router;
  webRtcServer: types.WebRtcServer;
}

/**
 * The least that forwards with mediasoup: one room, a consumer for whoever asks, JSON over WebSocket. No rights, no
 * adaptation, no resumption: what Plenum costs more than this is the price of being a product.
 */
export class BareServer {
  readonly #parts: Part[];
  readonly #signalling: WebSocketServer;
  readonly #participants = new Map<BareParticipant, WebSocket>();
  readonly #producers = new Map<BareProducer, types.Router>();
  #joined = 0;

  static async start({ workerBinary, workers }: BareServerOptions): Promise<BareServer> {
    const parts = await Promise.all(Array.from({ length: workers }, () => startPart(workerBinary)));
    const signalling = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: 1 << 20 });
    await new Promise((listening) => signalling.once('listening', listening));
    return new BareServer(parts, signalling);
  }

  private constructor(parts: Part[], signalling: WebSocketServer) {
    this.#parts = parts;
    this.#signalling = signalling;
    signalling.on('connection', (socket) => this.#connected(socket));
  }

  get port(): number {
    const address = this.#signalling.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  #connected(socket: WebSocket): void {
    // Around all workers in turn: with more than one the room is spread, as a product must do it.
    const { router, webRtcServer } = this.#parts[this.#joined++ % this.#parts.length] as Part;
    const participant = new BareParticipant({
      router,
      webRtcServer,
      producers: () => [...this.#producers.keys()],
      produced: (producer) => this.#produced(producer, participant, router),
      answer: (message) => send(socket, message),
    });
    this.#participants.set(participant, socket);
    socket.on('message', (data) => participant.request(String(data)));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      this.#participants.delete(participant);
      participant.close();
    });
  }

  async #produced(producer: types.Producer, by: BareParticipant, router: types.Router): Promise<void> {
    for (const other of this.#parts) {
      if (other.router !== router) {
        await router.pipeToRouter({ producerId: producer.id, router: other.router, enableSrtp: true });
      }
    }
    const told: BareProducer = { id: producer.id as BareProducer['id'], kind: producer.kind };
    this.#producers.set(told, router);
    producer.observer.once('close', () => this.#producers.delete(told));
    for (const [participant, socket] of this.#participants) {
      if (participant !== by) send(socket, { producer: told });
    }
  }
}

async function startPart(workerBin: string): Promise<Part> {
  const worker = await mediasoup.createWorker({ workerBin, logLevel: 'error' });
  // A room with a dead worker measures nothing.
  worker.on('died', (error) => {
    throw error;
  });
  const webRtcServer = await worker.createWebRtcServer({
    listenInfos: [{ protocol: 'udp', ip: '127.0.0.1' }],
  });
  const router = await worker.createRouter({
    mediaCodecs: [
      { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
      { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
    ],
  });
  return { worker, router, webRtcServer };
}

function send(socket: WebSocket, message: FromBareServer): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
}
