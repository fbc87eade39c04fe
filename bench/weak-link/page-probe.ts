/** One look at everything a page sends, receives and shows. Counters grow, except where streams are replaced. */
export interface PageSample {
  /** ms since the epoch, as everywhere here: page, server and line share the machine's clock */
  at: number;
  received: ReceivedStream[];
  sent: SentStream[];
  /** ms; of the connection that receives */
  roundTripMs: number | undefined;
  tiles: Tile[];
  /** What the page says about the connection, in words. */
  notices: string[];
  /** The watched person's pictures that came onto the screen since the last look. */
  painted: PaintedPicture[];
}

export interface ReceivedStream {
  /** as on the tile; undefined until the tile has shown the camera */
  name: string | undefined;
  kind: 'audio' | 'video';
  id: string;
  bytes: number;
  packetsLost: number;
  frames: number;
  height: number;
  freezes: number;
  /** ms */
  frozenMs: number;
  /** samples of 48,000 a second */
  samples: number;
  concealed: number;
  silentlyConcealed: number;
  slowedDown: number;
  /** s, summed over all samples or frames that have left the buffer */
  bufferDelay: number;
  bufferEmitted: number;
}

export interface SentStream {
  kind: 'audio' | 'video';
  id: string;
  rid: string | undefined;
  bytes: number;
  frames: number;
  height: number;
  /** bit/s; what the browser aims at */
  target: number | undefined;
}

export interface Tile {
  name: string;
  heldBack: boolean;
  /** CSS pixels */
  height: number;
}

export interface PaintedPicture {
  at: number;
  height: number;
}

export interface PageProbe {
  /** Everything since the last call. */
  take(): PageSample[];
}

declare global {
  var pageProbe: PageProbe;
}

export interface ProbeOrder {
  /** The server's media port, and the line's entry for it; without one the page has no line. */
  mediaPort: number;
  entry?: { udpPort: number; tcpPort: number } | undefined;
  /** name on the tile whose pictures are watched one by one */
  watch: string;
  everyMs: number;
}

/**
 * Runs inside a page before its own scripts (hence no imports): leads media through the line, and looks at all
 * connections and at the screen.
 */
export function probePage({ mediaPort, entry, watch, everyMs }: ProbeOrder): void {
  // Frames of other pages are none of ours.
  if (globalThis.top !== globalThis.self) return;
  const connections = new Set<RTCPeerConnection>();
  const streamOfTrack = new Map<string, string>();
  const nameOfStream = new Map<string, string>();
  const watched = new WeakSet<HTMLVideoElement>();
  const samples: PageSample[] = [];
  let painted: PaintedPicture[] = [];
  const now = () => performance.timeOrigin + performance.now();

  const { prototype } = RTCPeerConnection;
  const { setRemoteDescription } = prototype;
  prototype.setRemoteDescription = async function (this: RTCPeerConnection, description) {
    if (!connections.has(this)) {
      connections.add(this);
      this.addEventListener('track', ({ track, streams: [stream] }) =>
        streamOfTrack.set(track.id, stream?.id ?? track.id),
      );
    }
    const sdp = description.sdp?.replace(
      /^(a=candidate:\S+ \d+ (udp|tcp) \d+ \S+) (\d+)/gim,
      (line, start: string, protocol: string, port: string) =>
        entry && Number(port) === mediaPort
          ? `${start} ${protocol.toLowerCase() === 'udp' ? entry.udpPort : entry.tcpPort}`
          : line,
    );
    await Reflect.apply(setRemoteDescription, this, [
      sdp === undefined ? description : { ...description, type: description.type, sdp },
    ]);
  };

  function watchPictures(video: HTMLVideoElement, tile: Element): void {
    if (watched.has(video)) return;
    watched.add(video);
    video.dataset['watched'] = 'true';
    const onPicture: VideoFrameRequestCallback = (at, { height }) => {
      if (nameOf(tile) === watch) painted.push({ at: performance.timeOrigin + at, height });
      if (video.isConnected) video.requestVideoFrameCallback(onPicture);
      else watched.delete(video);
    };
    video.requestVideoFrameCallback(onPicture);
  }

  function nameOf(tile: Element): string {
    return tile.querySelector('.tile-label bdi')?.textContent ?? '';
  }

  function lookAtTiles(): Tile[] {
    return [...document.querySelectorAll('.tile:not([data-self])')].map((tile) => {
      const name = nameOf(tile);
      const video = tile.querySelector('video');
      const shown = video?.srcObject;
      const track = shown instanceof MediaStream ? shown.getTracks()[0] : undefined;
      const stream = track && streamOfTrack.get(track.id);
      if (stream) nameOfStream.set(stream, name);
      if (video && name === watch) watchPictures(video, tile);
      const heldBack = tile.querySelector('.tile-paused') !== null;
      return { name, heldBack, height: Math.round(tile.getBoundingClientRect().height) };
    });
  }

  function lookAtNotices(): string[] {
    const places = document.querySelectorAll('[role=status], [role=alert], .banner, .toast, .tile-paused');
    const texts = [...places].map((place) => place.textContent?.trim() ?? '');
    return [...new Set(texts.filter((text) => /connection|network|slow|held back|paused/i.test(text)))];
  }

  async function look(): Promise<void> {
    const at = now();
    const sample: PageSample = {
      at,
      received: [],
      sent: [],
      roundTripMs: undefined,
      tiles: lookAtTiles(),
      notices: lookAtNotices(),
      painted,
    };
    painted = [];
    const open = [...connections].filter(({ connectionState }) => connectionState !== 'closed');
    const reports = await Promise.all(open.map((connection) => connection.getStats()));
    for (const report of reports) {
      for (const stat of report.values()) {
        if (stat.type === 'inbound-rtp' && stat.trackIdentifier !== 'probator') {
          sample.received.push({
            name: nameOfStream.get(streamOfTrack.get(stat.trackIdentifier) ?? ''),
            kind: stat.kind,
            id: stat.id,
            bytes: (stat.bytesReceived ?? 0) + (stat.headerBytesReceived ?? 0),
            packetsLost: stat.packetsLost ?? 0,
            frames: stat.framesDecoded ?? 0,
            height: stat.frameHeight ?? 0,
            freezes: stat.freezeCount ?? 0,
            frozenMs: (stat.totalFreezesDuration ?? 0) * 1000,
            samples: stat.totalSamplesReceived ?? 0,
            concealed: stat.concealedSamples ?? 0,
            silentlyConcealed: stat.silentConcealedSamples ?? 0,
            slowedDown: stat.insertedSamplesForDeceleration ?? 0,
            bufferDelay: stat.jitterBufferDelay ?? 0,
            bufferEmitted: stat.jitterBufferEmittedCount ?? 0,
          });
        } else if (stat.type === 'outbound-rtp') {
          sample.sent.push({
            kind: stat.kind,
            id: stat.id,
            rid: stat.rid,
            bytes: (stat.bytesSent ?? 0) + (stat.headerBytesSent ?? 0),
            frames: stat.framesSent ?? 0,
            height: stat.frameHeight ?? 0,
            target: stat.targetBitrate,
          });
        } else if (stat.type === 'candidate-pair' && stat.nominated && stat.bytesReceived > stat.bytesSent) {
          sample.roundTripMs = (stat.currentRoundTripTime ?? 0) * 1000;
        }
      }
    }
    samples.push(sample);
  }

  // Without a graphics card painting costs more than decoding. Tiles, and so what is asked for, keep their size, and
  // everything is decoded; but only the watched person is painted, and small.
  const small = new CSSStyleSheet();
  small.replaceSync(
    'video { transform: scale(0.15) !important; opacity: 0 !important; } video[data-watched] { opacity: 1 !important; }',
  );
  document.adoptedStyleSheets.push(small);

  setInterval(() => void look().catch(() => undefined), everyMs);
  globalThis.pageProbe = { take: () => samples.splice(0) };
}
