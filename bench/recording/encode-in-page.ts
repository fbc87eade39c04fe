export interface EncodeOrder {
  framesPerSecond: number;
  /** frames of the loop, and those before it: an encoder's first key frame is no usual one */
  frames: number;
  warmUpFrames: number;
  layers: { width: number; height: number; bitrate: number }[];
  /** mono, 16 bit; rate: samples a second */
  voice: { rate: number; samples: number[] };
  audioBitrates: number[];
}

/** Octets in base64: what a page can hand out. */
export interface Encoded {
  layers: { frames: { temporalLayer: number; keyFrame: boolean; data: string }[] }[];
  /** for each bitrate */
  audio: string[][];
}

/**
 * Runs inside a page (hence no imports): paints somebody who talks, and encodes it. The picture must be hard enough to
 * need the bitrates: a grainy wall, a face that moves and a camera's noise.
 */
export async function encodeInPage(order: EncodeOrder): Promise<Encoded> {
  const [width, height] = [1280, 720];
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) / 2 ** 24;
  };

  function grain(size: number, strength: number): OffscreenCanvas {
    const canvas = new OffscreenCanvas(size, size);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    const image = context.createImageData(size, size);
    for (let at = 0; at < image.data.length; at += 4) {
      const level = random() * 255;
      image.data.set([level, level, level, strength], at);
    }
    context.putImageData(image, 0, 0);
    return canvas;
  }

  const wall = grain(256, 60);
  const noises = Array.from({ length: 5 }, () => grain(256, 14));
  const stage = new OffscreenCanvas(width, height);
  const context = stage.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas');
  const pen = context;

  function oval(x: number, y: number, across: number, high: number, color: string): void {
    pen.fillStyle = color;
    pen.beginPath();
    pen.ellipse(x, y, across, high, 0, 0, 2 * Math.PI);
    pen.fill();
  }

  function paint(frame: number): void {
    const time = frame / order.framesPerSecond;
    // Every movement has a whole number of periods in the loop.
    const turn = (2 * Math.PI * frame) / order.frames;
    pen.fillStyle = '#7a8a99';
    pen.fillRect(0, 0, width, height);
    for (let x = 0; x < width; x += 640)
      for (let y = 0; y < height; y += 640) pen.drawImage(wall, x, y, 640, 640);
    const x = width / 2 + 90 * Math.sin(3 * turn) + 25 * Math.sin(11 * turn);
    const y = height / 2 - 30 + 20 * Math.sin(7 * turn);
    oval(x, height + 80, 380, 330, '#2d4a6b');
    oval(x, y - 30, 175, 215, '#3b2a1f');
    oval(x, y, 150, 190, '#d6a58a');
    for (const side of [-1, 1]) {
      oval(x + side * 55, y - 40, 24, 14, '#ffffff');
      oval(x + side * 55 + 8 * Math.sin(5 * turn), y - 40, 10, 10, '#30302a');
    }
    oval(x, y + 85, 48, 6 + 20 * Math.abs(Math.sin(2 * Math.PI * 2.5 * time)), '#7a2f33');
    for (let strand = 0; strand < 40; strand += 1) {
      pen.strokeStyle = strand % 2 ? '#5a4232' : '#24190f';
      pen.beginPath();
      pen.moveTo(x - 160 + strand * 8, y - 190 + 3 * Math.abs(strand - 20));
      pen.lineTo(x - 150 + strand * 8 + 12 * Math.sin(9 * turn + strand), y - 110);
      pen.stroke();
    }
    const noise = noises.at(frame % noises.length) as OffscreenCanvas;
    const [right, down] = [Math.floor(random() * 256), Math.floor(random() * 256)];
    for (let left = -right; left < width; left += 256)
      for (let top = -down; top < height; top += 256) pen.drawImage(noise, left, top);
  }

  function base64(chunk: { byteLength: number; copyTo(target: Uint8Array): void }): string {
    const bytes = new Uint8Array(chunk.byteLength);
    chunk.copyTo(bytes);
    let text = '';
    for (let at = 0; at < bytes.length; at += 8192)
      text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return btoa(text);
  }

  const outputs: Encoded['layers'] = order.layers.map(() => ({ frames: [] }));
  const failures: unknown[] = [];
  const encoders = order.layers.map((layer, index) => {
    const encoder = new VideoEncoder({
      output: (chunk, metadata) => {
        if (chunk.timestamp < 0) return;
        outputs[index]?.frames.push({
          temporalLayer: metadata?.svc?.temporalLayerId ?? 0,
          keyFrame: chunk.type === 'key',
          data: base64(chunk),
        });
      },
      error: (error) => failures.push(error),
    });
    encoder.configure({
      codec: 'vp8',
      width: layer.width,
      height: layer.height,
      bitrate: layer.bitrate,
      framerate: order.framesPerSecond,
      bitrateMode: 'constant',
      latencyMode: 'realtime',
      scalabilityMode: 'L1T3',
    });
    const scaled = new OffscreenCanvas(layer.width, layer.height);
    return { encoder, scaled, pen: scaled.getContext('2d', { willReadFrequently: true }) };
  });
  for (let frame = -order.warmUpFrames; frame < order.frames; frame += 1) {
    paint(frame);
    for (const { encoder, scaled, pen: small } of encoders) {
      small?.drawImage(stage, 0, 0, scaled.width, scaled.height);
      const picture = new VideoFrame(scaled, { timestamp: (frame * 1_000_000) / order.framesPerSecond });
      encoder.encode(picture, { keyFrame: frame === 0 || frame === -order.warmUpFrames });
      picture.close();
    }
    while (encoders.some(({ encoder }) => encoder.encodeQueueSize > 2) && failures.length === 0)
      await new Promise((resolve) => setTimeout(resolve, 2));
  }
  for (const { encoder } of encoders) await encoder.flush();

  async function encodeVoice(bitrate: number): Promise<string[]> {
    const { rate, samples } = order.voice;
    const sound = Int16Array.from(samples);
    const frames: string[] = [];
    const microphone = new AudioEncoder({
      output: (chunk) => frames.push(base64(chunk)),
      error: (error) => failures.push(error),
    });
    microphone.configure({
      codec: 'opus',
      sampleRate: rate,
      numberOfChannels: 1,
      bitrate,
      opus: { frameDuration: 20_000 },
    });
    const step = rate / 50;
    for (let at = 0; at + step <= sound.length; at += step) {
      const data = sound.subarray(at, at + step);
      const timestamp = (at * 1_000_000) / rate;
      const format = { format: 's16' as const, sampleRate: rate, numberOfFrames: step, numberOfChannels: 1 };
      microphone.encode(new AudioData({ ...format, timestamp, data }));
    }
    await microphone.flush();
    return frames;
  }

  const audio: string[][] = [];
  for (const bitrate of order.audioBitrates) audio.push(await encodeVoice(bitrate));
  if (failures.length > 0) throw new Error(String(failures[0]));
  return { layers: outputs, audio };
}
