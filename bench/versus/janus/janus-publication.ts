import type { ClientPlan } from '../../client-plan.ts';
import { LoadSender } from '../../engines/load-sender.ts';
import { LoadTrack } from '../../engines/load-track.ts';
import { PeerLink } from '../../engines/peer-link.ts';
import type { LoadClientParts } from '../../load-client.ts';
import { SendingEnd } from '../../media/sending-end.ts';
import { speech } from '../../media/speech.ts';
import { janusCapabilities } from './janus-capabilities.ts';
import { readTransport, writePublisherOffer } from './janus-sdp.ts';
import type { JanusHandle } from './janus-session.ts';
import { localEnd } from './local-end.ts';

/** The connection on which a client publishes: the sources are those of every load client. */
export class JanusPublication {
  readonly #link: PeerLink;
  readonly #senders: LoadSender[];

  constructor(plan: ClientPlan, parts: LoadClientParts, failed: () => void) {
    const end = new SendingEnd(parts.meter);
    this.#link = new PeerLink(`${plan.displayName}-send`, {
      packet: (packet) => end.packet(packet),
      state: (state) => {
        if (state === 'connected') for (const sender of this.#senders) sender.start();
        if (state === 'failed') failed();
      },
    });
    const { microphone, camera } = plan;
    const tracks = [
      ...(microphone ? [new LoadTrack({ kind: 'audio', speaks: speech(microphone) })] : []),
      ...(camera ? [new LoadTrack({ kind: 'video', format: camera })] : []),
    ];
    this.#senders = tracks.map(
      (track, index) =>
        new LoadSender(track, false, {
          router: janusCapabilities,
          mid: String(index),
          cname: encodeURIComponent(plan.displayName),
          link: this.#link,
          end,
          meter: parts.meter,
          schedule: parts.schedule,
        }),
    );
  }

  /** Resolves when Janus knows what is sent; media follows when the connection is open. */
  async publish(handle: JanusHandle): Promise<void> {
    const local = localEnd(this.#link);
    const media = this.#senders.map(({ rtpParameters }) => ({
      kind: rtpParameters.codecs[0]?.mimeType.startsWith('audio') ? ('audio' as const) : ('video' as const),
      rtpParameters,
    }));
    const sdp = writePublisherOffer(media, local);
    const { jsep } = await handle.ask({ request: 'publish' }, { type: 'offer', sdp });
    if (!jsep) throw new Error('Janus answered a publication without a description');
    this.#link.connect(readTransport(jsep.sdp));
  }

  close(): void {
    for (const sender of this.#senders) sender.close();
    this.#link.close();
  }
}
