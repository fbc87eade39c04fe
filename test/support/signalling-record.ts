import type { Page, WebSocket } from 'playwright-core';
import { decodeClientFrame, decodeServerFrame } from '../../src/protocol/codec.ts';
import type { AnyNotification, ServerFrame } from '../../src/protocol/messages.ts';

/**
 * What the server has sent to a page, over all connections of its meeting; the lobby's check of the line is another
 * conversation. Begin before the page opens the meeting.
 */
export class SignallingRecord {
  readonly #received: { socket: WebSocket; frame: ServerFrame }[] = [];
  readonly #checks = new Set<WebSocket>();

  constructor(page: Page) {
    page.on('websocket', (socket: WebSocket) => {
      socket.on('framesent', ({ payload }) => {
        if (typeof payload === 'string') return;
        const frame = decodeClientFrame(payload);
        if (frame.type === 'request' && frame.name === 'startCheck') this.#checks.add(socket);
      });
      socket.on('framereceived', ({ payload }) => {
        if (typeof payload !== 'string') this.#received.push({ socket, frame: decodeServerFrame(payload) });
      });
    });
  }

  get frames(): ServerFrame[] {
    return this.#received.flatMap(({ socket, frame }) => (this.#checks.has(socket) ? [] : [frame]));
  }

  get resumptions(): number {
    return this.frames.filter((frame) => frame.type === 'welcome' && frame.resumed).length;
  }

  /** Numbers of the frames that have one, in the order in which they came. */
  get sequences(): number[] {
    return this.frames.flatMap((frame) => ('sequence' in frame ? [frame.sequence] : []));
  }

  /** What the page was told about others, a line for each: "Ada joined", "Ada left", "pauses", "resumes". */
  get news(): string[] {
    const names = new Map<string, string>();
    return this.frames.flatMap((frame) => {
      if (frame.type === 'response' && frame.answer !== null && 'participants' in frame.answer) {
        for (const { id, displayName } of frame.answer.participants) names.set(id, displayName);
      }
      if (frame.type !== 'notifications') return [];
      return frame.all.flatMap((told) => lines(told, names));
    });
  }
}

function lines(told: AnyNotification, names: Map<string, string>): string[] {
  switch (told.name) {
    case 'participantJoined':
      names.set(told.body.participant.id, told.body.participant.displayName);
      return [`${told.body.participant.displayName} joined`];
    case 'participantLeft':
      return [`${names.get(told.body.participantId)} ${told.body.reason}`];
    case 'producerChanged':
      return [`${names.get(told.body.participantId)} ${told.body.paused ? 'pauses' : 'resumes'}`];
    default:
      return [];
  }
}
