/** What a page has received of one person so far, over all connections that are open now. */
export interface Received {
  /** Decoded pictures of the camera; undefined: no camera stream. */
  frames: number | undefined;
  /** `totalAudioEnergy` of the microphone; undefined: no microphone stream. */
  energy: number | undefined;
  /** Bytes of both. */
  bytes: number;
}

export interface MediaWatch {
  /** By the name on the tile. */
  received(): Promise<Record<string, Received>>;
  /** Peer connections of meetings made so far and those that are still open. */
  connections(): { made: number; open: number };
  /** Closes the connections that both send and receive, as only those to another participant do, without a word to the page. */
  cutDirectPath(): void;
}

declare global {
  var mediaWatch: MediaWatch;
}

/**
 * Runs inside a page before its own scripts (hence no imports): watches all peer connections, and makes every camera
 * one of 640x360 at 15 fps, so that a few pages fit on two cores.
 *
 * Who is who comes from what a person would look at: the tile with the name shows a track, the track belongs to a
 * stream, and the microphone belongs to the same stream.
 */
export function watchMedia(): void {
  const all = new Set<RTCPeerConnection>();
  const streamOfTrack = new Map<string, string>();
  const streamOfName = new Map<string, string>();

  const prototype = RTCPeerConnection.prototype;
  const { setRemoteDescription } = prototype;
  prototype.setRemoteDescription = async function (this: RTCPeerConnection, description) {
    // The lobby's check of the line: the server (ICE-lite) offers both directions there, and in no meeting.
    const isCheck =
      description.type === 'offer' && /^a=ice-lite\r$[\s\S]*^a=sendrecv\r$/m.test(description.sdp ?? '');
    if (!isCheck && !all.has(this)) {
      all.add(this);
      this.addEventListener('track', ({ track, streams: [stream] }) =>
        streamOfTrack.set(track.id, stream?.id ?? track.id),
      );
    }
    await Reflect.apply(setRemoteDescription, this, [description]);
  };

  const devices: MediaDevices | undefined = navigator.mediaDevices;
  const getUserMedia = devices?.getUserMedia.bind(devices);
  if (getUserMedia) {
    devices.getUserMedia = (wanted) =>
      getUserMedia(wanted?.video ? { ...wanted, video: { width: 640, height: 360, frameRate: 15 } } : wanted);
  }

  const open = () => [...all].filter(({ connectionState }) => connectionState !== 'closed');

  function lookAtTiles(): void {
    for (const tile of document.querySelectorAll('.tile:not([data-self])')) {
      const name = tile.querySelector('.tile-label bdi')?.textContent;
      const shown = tile.querySelector('video')?.srcObject;
      const track = shown instanceof MediaStream ? shown.getTracks()[0] : undefined;
      const stream = track && streamOfTrack.get(track.id);
      if (name && stream) streamOfName.set(name, stream);
    }
  }

  async function received(): Promise<Record<string, Received>> {
    lookAtTiles();
    const byStream = new Map<string, Received>();
    for (const connection of open()) {
      for (const report of (await connection.getStats()).values()) {
        // The probator receives nothing but bandwidth probes.
        if (report.type !== 'inbound-rtp' || report.trackIdentifier === 'probator') continue;
        const stream = streamOfTrack.get(report.trackIdentifier) ?? report.trackIdentifier;
        const sum = byStream.get(stream) ?? { frames: undefined, energy: undefined, bytes: 0 };
        sum.bytes += report.bytesReceived ?? 0;
        if (report.kind === 'video') sum.frames = (sum.frames ?? 0) + (report.framesDecoded ?? 0);
        else sum.energy = (sum.energy ?? 0) + (report.totalAudioEnergy ?? 0);
        byStream.set(stream, sum);
      }
    }
    const nameOfStream = new Map([...streamOfName].map(([name, stream]) => [stream, name]));
    return Object.fromEntries(
      [...byStream].map(([stream, sum]) => [nameOfStream.get(stream) ?? `stream ${stream}`, sum]),
    );
  }

  globalThis.mediaWatch = {
    received,
    connections: () => ({ made: all.size, open: open().length }),
    cutDirectPath: () => {
      for (const connection of open()) {
        const both = connection
          .getTransceivers()
          .some(({ currentDirection }) => currentDirection === 'sendrecv');
        if (both) connection.close();
      }
    },
  };
}
