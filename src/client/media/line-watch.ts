import type { Clock } from '../../base/clock.ts';
import type { ReceptionReport } from '../../protocol/messages.ts';
import type { TransportRoute, TransportStats } from '../engine/engine.ts';
import type { LineMoment } from '../meeting.ts';
import type { CurrentLink } from './current-link.ts';
import { LineHistory } from './line-history.ts';
import type { MediaLink } from './media-link.ts';
import { isMuchTheSame, type LineSample, receptionBetween } from './reception-report.ts';
import { routeReportOf } from './route-report.ts';
import { Silence } from './silence.ts';
import { firstUplinkState, nextUplinkState, type UplinkState } from './uplink-policy.ts';

const everyMs = 1000;
/** A report in which nothing is new comes so seldom. */
const atLeastEveryMs = 5000;

/** One way for both directions. */
interface Line {
  stats(): Promise<TransportStats>;
}

interface LineWatchParts {
  links: CurrentLink;
  /** The direct path, while it alone carries media. */
  direct: () => Line | undefined;
  clock: Clock;
  /** Bit/s that may be sent in all; Infinity: no shortage. */
  uplinkChanged: (budget: number) => void;
  /** Nothing comes any more; the server has just been asked something. */
  silenced: (link: MediaLink) => void;
}

/** Looks at both transports once a second: tells the server how media arrives, and the uplink policy how it leaves. */
export class LineWatch {
  readonly #parts: LineWatchParts;
  readonly #stop: () => void;
  readonly #history = new LineHistory();
  #silence = new Silence();
  #link: MediaLink | undefined;
  #direct: Line | undefined;
  #before: LineSample | undefined;
  #told: { at: number; report: ReceptionReport } | undefined;
  #uplink: UplinkState = firstUplinkState;
  /** The session that has been told how packets travel. */
  #toldRoute: MediaLink['session'] | undefined;
  #looking = false;
  #reporting = false;

  constructor(parts: LineWatchParts) {
    this.#parts = parts;
    this.#stop = parts.clock.every(everyMs, () => void this.#look());
  }

  get history(): readonly LineMoment[] {
    return this.#history.moments;
  }

  close(): void {
    this.#stop();
  }

  async #look(): Promise<void> {
    const link = this.#parts.links.now;
    if (this.#looking) return;
    const direct = this.#parts.direct();
    if (link !== this.#link || direct !== this.#direct) this.#begin(link, direct);
    if (!link) return;
    this.#looking = true;
    try {
      const [receive, send] = direct ? await both(direct) : await bothOf(link);
      if (link.closed || link !== this.#link || direct !== this.#parts.direct()) return;
      const now: LineSample = {
        at: this.#parts.clock.now(),
        ...(receive && { receive }),
        ...(send && { send }),
      };
      const before = this.#before;
      this.#before = now;
      if (before) this.#compare(link, before, now);
      const route = send?.route ?? receive?.route;
      if (route) this.#tellRoute(link, route);
    } catch {
      // The transport was closed while it was asked.
    } finally {
      this.#looking = false;
    }
  }

  /** Once in each session: how somebody came in, not how the line changes. */
  #tellRoute(link: MediaLink, route: TransportRoute): void {
    if (this.#toldRoute === link.session || !link.session.connected) return;
    const report = routeReportOf(route);
    if (!report) return;
    this.#toldRoute = link.session;
    link.session.request('reportRoute', report).catch(() => undefined);
  }

  /** Another link has other counters, and perhaps another line beneath. */
  #begin(link: MediaLink | undefined, direct: Line | undefined): void {
    // What was found out about an uplink is worth nothing on another.
    if (direct !== this.#direct && this.#uplink !== firstUplinkState) {
      this.#uplink = firstUplinkState;
      this.#parts.uplinkChanged(this.#uplink.budget);
    }
    this.#link = link;
    this.#direct = direct;
    this.#before = undefined;
    this.#silence = new Silence();
    this.#told = undefined;
  }

  #compare(link: MediaLink, before: LineSample, now: LineSample): void {
    const report = receptionBetween(before, now);
    this.#steer(before, now);
    this.#history.add(before, now);
    const idle = report.packetsReceived === 0 && (now.send?.sent?.packetsSent ?? 0) === 0;
    const silenced = this.#silence.begins(before, now);
    if (!idle) this.#tell(link, now.at, report);
    if (silenced) this.#parts.silenced(link);
  }

  #tell(link: MediaLink, at: number, report: ReceptionReport): void {
    const told = this.#told;
    const stale = !told || at - told.at >= atLeastEveryMs || !isMuchTheSame(told.report, report);
    // Old reports are worth nothing: none waits for a connection or behind another.
    if (!stale || this.#reporting || !link.session.connected) return;
    this.#told = { at, report };
    this.#reporting = true;
    link.session
      .request('reportReception', report)
      .catch(() => undefined)
      .finally(() => {
        this.#reporting = false;
      });
  }

  #steer(before: LineSample, now: LineSample): void {
    const [a, b] = [before.send, now.send];
    if (!a || !b) return;
    const packets = (b.sent?.audioPacketsSent ?? 0) - (a.sent?.audioPacketsSent ?? 0);
    const delayMs = (b.sent?.audioSendDelayMs ?? 0) - (a.sent?.audioSendDelayMs ?? 0);
    const { budget } = this.#uplink;
    this.#uplink = nextUplinkState(this.#uplink, {
      now: now.at,
      sent: Math.max(0, ((b.bytesSent - a.bytesSent) * 8000) / Math.max(1, now.at - before.at)),
      available: b.availableOutgoingBitrate,
      audioDelayMs: packets > 0 ? Math.max(0, delayMs / packets) : 0,
      lost: b.sent?.fractionLost ?? 0,
      roundTripMs: b.roundTripMs,
      limited: b.sent?.limitedByBandwidth ?? false,
    });
    if (this.#uplink.budget !== budget) this.#parts.uplinkChanged(this.#uplink.budget);
  }
}

async function both(line: Line): Promise<[TransportStats, TransportStats]> {
  const stats = await line.stats();
  return [stats, stats];
}

function bothOf({
  receive,
  send,
}: MediaLink): Promise<[TransportStats | undefined, TransportStats | undefined]> {
  return Promise.all([
    receive.state === 'connected' ? receive.stats() : undefined,
    send?.state === 'connected' ? send.stats() : undefined,
  ]);
}
