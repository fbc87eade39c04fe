import { LoadEngine } from '../../bench/engines/load-engine.ts';
import { LoadTrack } from '../../bench/engines/load-track.ts';
import { MediaMeter } from '../../bench/measure/media-meter.ts';
import type { Schedule } from '../../bench/measure/schedule.ts';
import { joinMeeting, type Meeting, type TransportCallbacks } from '../../src/client/index.ts';
import type { DtlsParameters } from '../../src/protocol/media.ts';

export interface LoadPersonParts {
  /** ws://…/signal */
  url: string;
  token: string;
  name: string;
  schedule: Schedule;
  /** What the server is told instead of the true DTLS parameters. */
  tell?: (truth: DtlsParameters) => DtlsParameters;
}

/** Somebody without a browser: the real SDK, real ICE, DTLS-SRTP and RTP, but no pictures. */
export class LoadPerson {
  readonly name: string;
  readonly meeting: Meeting;
  readonly meter: MediaMeter;
  /** What the SDK told about things that did not work, for the message of a test that fails. */
  readonly troubles: string[] = [];

  static async join({ url, token, name, schedule, tell }: LoadPersonParts): Promise<LoadPerson> {
    const meter = new MediaMeter();
    const talk = <C extends TransportCallbacks>(callbacks: C): C => ({
      ...callbacks,
      connect: (truth: DtlsParameters) => callbacks.connect(tell ? tell(truth) : truth),
    });
    const meeting = await joinMeeting({
      url,
      token,
      displayName: name,
      autoSubscribe: 'all',
      engine: () => {
        const engine = new LoadEngine({
          name,
          meter,
          schedule,
          onFirstPacket: () => undefined,
          onFirstFrame: () => undefined,
          onTransportState: () => undefined,
        });
        return {
          load: (capabilities) => engine.load(capabilities),
          createSendTransport: (info, callbacks) => engine.createSendTransport(info, talk(callbacks)),
          createReceiveTransport: (info, callbacks) => engine.createReceiveTransport(info, talk(callbacks)),
          close: () => engine.close(),
        };
      },
    });
    return new LoadPerson(name, meeting, meter);
  }

  private constructor(name: string, meeting: Meeting, meter: MediaMeter) {
    this.name = name;
    this.meeting = meeting;
    this.meter = meter;
    meeting.on('problem', ({ error }) => this.troubles.push(`${error.code} ${error.detail}`));
    meeting.on('media', ({ state, error }) => this.troubles.push(`media ${state} ${error?.code ?? ''}`));
    meeting.on('connection', ({ state, reason }) => this.troubles.push(`${state} ${reason ?? ''}`));
    meeting.on('ended', ({ reason, error }) => this.troubles.push(`ended: ${reason} ${error?.detail ?? ''}`));
  }

  async talk(speaks: () => boolean = () => true): Promise<void> {
    await this.meeting.publish('microphone', new LoadTrack({ kind: 'audio', speaks }));
  }

  async show(): Promise<void> {
    const format = { width: 640, height: 360, framesPerSecond: 10 };
    await this.meeting.publish('camera', new LoadTrack({ kind: 'video', format }));
  }

  /** RTP packets so far, by "name source". */
  async received(): Promise<Record<string, number>> {
    const { subscriptions } = await this.meeting.stats();
    return Object.fromEntries(
      subscriptions.map(({ participantId, source, packetsReceived }) => [
        `${this.meeting.participants.get(participantId)?.displayName} ${source}`,
        packetsReceived,
      ]),
    );
  }
}
