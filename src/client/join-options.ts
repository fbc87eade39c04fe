import type { PeerConnectionFactory } from './engine/direct-engine.ts';
import type { MediaEngine } from './engine/engine.ts';
import type { ConnectionState } from './meeting.ts';
import type { RetrySettings } from './signalling/retry.ts';

export interface JoinOptions {
  /** wss://host/signal */
  url: string;
  /** The join token of the meeting link. */
  token: string;
  displayName: string;
  /** Name and version of the program, for the server's log. */
  client?: string;
  /** What is subscribed without being asked for. Default: audio. */
  autoSubscribe?: 'audio' | 'all' | 'none';
  /** Default: the engine for browsers, loaded only when a meeting is joined so that the page's first load stays small. */
  engine?: () => MediaEngine | Promise<MediaEngine>;
  /**
   * Makes what a direct path to another participant runs on, when two are alone. Default: the browser's, with the default
   * engine; where there is none, all media goes through the server.
   */
  peerConnection?: PeerConnectionFactory;
  /** See Meeting.setHideAddress. Default: false. */
  hideAddress?: boolean;
  /** relay: media only through TURN servers, so that its routes do not show this machine's addresses. For the default engine. */
  iceTransportPolicy?: RTCIceTransportPolicy;
  /** Default: the platform's WebSocket (browsers, Node from 22). */
  webSocket?: (url: string) => WebSocket;
  /** Told from the first attempt on, before there is a Meeting whose events could tell. */
  onConnection?: (state: ConnectionState | 'connecting') => void;
  /** When to try again after a loss, and when to give up. Default: 0.3 to 10 s, for five minutes. */
  retry?: RetrySettings;
  /** Cancels joining: rejects with `aborted`. Has no effect afterwards. */
  signal?: AbortSignal;
}
