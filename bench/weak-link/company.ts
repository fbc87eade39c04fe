import type { Browser } from 'playwright-core';
import { fakeCameraFps } from '../browser/chromium.ts';
import type { ClientPlan } from '../client-plan.ts';
import { Fleet } from '../fleet.ts';
import type { LinkEntry } from '../link-emulator/relay-messages.ts';
import { type CreatedMeeting, createMeeting } from '../meeting-access.ts';
import { recordedCamera } from '../recording/recording-cache.ts';
import type { OwnServer } from '../server-under-test.ts';
import { BenchPage } from './bench-page.ts';
import type { Cast } from './situation.ts';

const speakerName = 'Speaker';
const presenterName = 'Presenter';

export interface CompanyParts {
  cast: Cast;
  /** people in the meeting, the page behind the line included; of casts with many */
  participants: number;
  server: OwnServer;
  /** the line's ways to the signalling and to the media of the server */
  entries: readonly LinkEntry[];
  browser: Browser;
  recording: string;
  lookMs: number;
}

/** Everybody in one meeting: the page behind the line, who looks at whom, and the load clients around them. */
export class Company {
  readonly behind: BenchPage;
  /** Often the same page. */
  readonly looking: BenchPage;
  readonly fleet: Fleet | undefined;
  /** Whose picture and voice are measured, and how many pictures a second that one's camera takes. */
  readonly watched: { name: string; framesPerSecond: number };

  static async gather(parts: CompanyParts): Promise<Company> {
    const { cast, server, entries, browser, recording, lookMs } = parts;
    const [signalling, media] = entries;
    const meeting = await createMeeting(server.origin);
    const pageSends = cast === 'page-speaks' || cast === 'page-in-strip';
    const behindName =
      cast === 'page-speaks' ? speakerName : cast === 'page-in-strip' ? presenterName : 'Viewer';
    const watch = pageSends ? behindName : speakerName;
    const probe = { mediaPort: server.mediaPort, watch, everyMs: lookMs };
    const behind = await BenchPage.join(
      browser,
      {
        name: behindName,
        link: `http://127.0.0.1:${signalling?.tcpPort}${meeting.invitationPath}`,
        speakerView: cast === 'meeting',
      },
      { ...probe, entry: media },
    );
    const link = `${server.origin}${meeting.invitationPath}`;
    const looking = pageSends
      ? await BenchPage.join(browser, { name: 'Viewer', link, speakerView: false }, probe)
      : behind;
    const count = cast === 'page-speaks' ? 0 : cast === 'meeting' ? parts.participants - 1 : 1;
    const fleet = count > 0 ? await Fleet.start(1) : undefined;
    fleet?.join(loadClients(meeting, count, recording), 5);
    // Pinned and not left to who speaks: the beep of a fake microphone is speech to some.
    if (cast === 'page-in-strip') await looking.pin(speakerName);
    const framesPerSecond = pageSends ? fakeCameraFps : recordedCamera.framesPerSecond;
    return new Company(behind, looking, fleet, { name: watch, framesPerSecond });
  }

  private constructor(
    behind: BenchPage,
    looking: BenchPage,
    fleet: Fleet | undefined,
    watched: Company['watched'],
  ) {
    this.behind = behind;
    this.looking = looking;
    this.fleet = fleet;
    this.watched = watched;
  }

  async close(): Promise<void> {
    await Promise.all(
      [...new Set([this.behind, this.looking])].map((page) => page.close().catch(() => undefined)),
    );
    await this.fleet?.stop();
  }
}

/**
 * One speaks all the time, the others are muted. They look at nobody: that would cost the machine and tell nothing of
 * the line.
 */
function loadClients(meeting: CreatedMeeting, count: number, recording: string): ClientPlan[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    displayName: index === 0 ? speakerName : `Listener ${index}`,
    url: meeting.url,
    token: meeting.participantToken,
    camera: recordedCamera,
    microphone: { speaker: index, speakers: count, atOnce: 0, seed: 1, always: index === 0 },
    recording,
    tiles: 0,
    expects: { audio: false, video: false },
  }));
}
