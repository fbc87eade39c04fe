/** Longest times without a new picture and without sound so far, in ms, and what had to be made up of the sound. */
export interface Gaps {
  picture: number;
  sound: number;
  /** Samples of all audio tracks together. */
  concealed: number;
  received: number;
}

export interface GapWatch {
  /** Begins anew. */
  start(): Promise<void>;
  read(): Promise<Gaps>;
}

declare global {
  var gapWatch: GapWatch;
}

/**
 * Runs inside a page before its own scripts (hence no imports): what a person would see and hear as a gap. Pictures are
 * those of any video that the page shows of others; sound is the sum of all audio elements, each at its volume, and has to
 * be a steady tone. Microphones are taken as they are, or the browser would suppress the tone.
 */
export function watchGaps(): void {
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  const getUserMedia = devices?.getUserMedia.bind(devices);
  if (getUserMedia) {
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    devices.getUserMedia = (wanted) => getUserMedia(wanted?.audio ? { ...wanted, audio: plain } : wanted);
  }

  const connections = new Set<RTCPeerConnection>();
  const { setRemoteDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setRemoteDescription = async function (this: RTCPeerConnection, description) {
    connections.add(this);
    await Reflect.apply(setRemoteDescription, this, [description]);
  };

  let longestPicture = 0;
  let lastPicture = 0;
  const watched = new WeakSet<HTMLVideoElement>();
  const watchPicture = (video: HTMLVideoElement) => {
    if (watched.has(video)) return;
    watched.add(video);
    const shown = () => {
      const now = performance.now();
      if (lastPicture > 0) longestPicture = Math.max(longestPicture, now - lastPicture);
      lastPicture = now;
      if (video.isConnected) video.requestVideoFrameCallback(shown);
      else watched.delete(video);
    };
    video.requestVideoFrameCallback(shown);
  };

  // Measures each block of 128 samples (2.7 ms) and keeps the longest row of quiet ones.
  const meter = `registerProcessor('meter', class extends AudioWorkletProcessor {
    constructor() {
      super();
      this.quiet = 0; this.longest = 0; this.heard = false;
      this.port.onmessage = ({ data }) => {
        if (data === 'start') { this.quiet = 0; this.longest = 0; this.heard = false; }
        this.port.postMessage(Math.max(this.longest, this.heard ? this.quiet : 0) * 128000 / sampleRate);
      };
    }
    process([input]) {
      let sum = 0;
      for (const sample of input[0] ?? []) sum += sample * sample;
      if (sum / 128 < 1e-4) this.quiet += 1;
      else {
        if (this.heard) this.longest = Math.max(this.longest, this.quiet);
        this.heard = true;
        this.quiet = 0;
      }
      return true;
    }
  });`;
  let context: AudioContext | undefined;
  let node: AudioWorkletNode | undefined;
  const sources = new Map<HTMLAudioElement, { stream: unknown; source: AudioNode; gain: GainNode }>();
  const followSound = () => {
    if (!context || !node) return;
    for (const [element, { source, gain, stream }] of sources) {
      if (element.isConnected && element.srcObject === stream) continue;
      source.disconnect();
      gain.disconnect();
      sources.delete(element);
    }
    for (const element of document.querySelectorAll('audio')) {
      const stream = element.srcObject;
      if (!(stream instanceof MediaStream)) continue;
      const known = sources.get(element);
      if (known) {
        known.gain.gain.value = element.volume;
        continue;
      }
      const source = context.createMediaStreamSource(stream);
      const gain = new GainNode(context, { gain: element.volume });
      source.connect(gain).connect(node);
      sources.set(element, { stream, source, gain });
    }
  };
  const follow = () => {
    followSound();
    for (const video of document.querySelectorAll<HTMLVideoElement>('.tile:not([data-self]) video'))
      watchPicture(video);
  };

  async function soundMeter(message: 'start' | 'read'): Promise<number> {
    if (!node) return 0;
    const { port } = node;
    return new Promise((resolve) => {
      port.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
      port.postMessage(message);
    });
  }

  globalThis.gapWatch = {
    async start() {
      if (!context) {
        context = new AudioContext();
        const url = URL.createObjectURL(new Blob([meter], { type: 'text/javascript' }));
        await context.audioWorklet.addModule(url);
        node = new AudioWorkletNode(context, 'meter', { numberOfInputs: 1, channelCount: 1 });
        node.connect(context.destination);
        setInterval(follow, 5);
      }
      follow();
      longestPicture = 0;
      lastPicture = 0;
      await soundMeter('start');
    },
    async read() {
      const sums = { concealed: 0, received: 0 };
      for (const connection of connections) {
        if (connection.connectionState === 'closed') continue;
        for (const report of (await connection.getStats()).values()) {
          if (report.type !== 'inbound-rtp' || report.kind !== 'audio') continue;
          sums.concealed += (report.concealedSamples ?? 0) - (report.silentConcealedSamples ?? 0);
          sums.received += report.totalSamplesReceived ?? 0;
        }
      }
      const picture = Math.max(longestPicture, lastPicture > 0 ? performance.now() - lastPicture : 0);
      return { picture, sound: await soundMeter('read'), ...sums };
    },
  };
}
