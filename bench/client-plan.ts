import type { CameraFormat } from './media/camera-layers.ts';
import type { SpeechPlan } from './media/speech.ts';
import type { SystemName } from './versus/system.ts';

/** What one load client does: plain data, sent to the load process that runs it. */
export interface ClientPlan {
  index: number;
  displayName: string;
  /** What the server is; default: plenum */
  system?: SystemName;
  /** ws: or wss: address of the signalling */
  url: string;
  token: string;
  microphone?: SpeechPlan;
  camera?: CameraFormat;
  /** File with what camera and microphone play; without one nobody can decode it. */
  recording?: string;
  /** Cameras of others it shows. */
  tiles: number;
  /** Lines of picture each of them has, as told to the server; default: nothing is told, and all counts as large. */
  tileHeight?: number;
  /** Media only through the server's TURN. */
  relayed?: boolean;
  /** Whether others send what it should receive; it is ready when that has come. */
  expects: { audio: boolean; video: boolean };
}

export type ClientState = 'waiting' | 'joining' | 'joined' | 'ready' | 'interrupted' | 'failed' | 'left';

/** How far a client has come. Times in ms since it began to connect. */
export interface ClientReport {
  index: number;
  state: ClientState;
  /** Why it failed, or ended before it should. */
  reason?: string;
  /** The room is known and signalling works. */
  joinMs?: number;
  /** Everything it publishes is known to the server. */
  publishedMs?: number;
  firstPacketMs?: number;
  /** The first complete key frame. */
  firstFrameMs?: number;
  /** Signalling works again, since it was possible again. */
  resumedMs?: number;
}
