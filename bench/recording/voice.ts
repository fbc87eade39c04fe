export const voiceRate = 48_000;

/** First and second formant of a, e, i, o, u in Hz. */
const vowels = [
  [800, 1200],
  [450, 2100],
  [280, 2400],
  [460, 850],
  [310, 750],
] as const;
const syllableSeconds = 0.2;

/** Somebody who says vowels without taking a breath: what codecs, noise suppression and servers take for speech. Mono, 16 bit. */
export function voice(seconds: number): Int16Array {
  const samples = new Int16Array(Math.round(voiceRate * seconds));
  let phase = 0;
  for (let at = 0; at < samples.length; at += 1) {
    const time = at / voiceRate;
    const pitch = 120 + 25 * Math.sin(2 * Math.PI * 0.7 * time);
    phase += (2 * Math.PI * pitch) / voiceRate;
    const vowel = vowels[Math.floor(time / syllableSeconds) % vowels.length] ?? vowels[0];
    const loudness = 0.3 + 0.7 * Math.sin((Math.PI * (time % syllableSeconds)) / syllableSeconds);
    let sum = 0;
    for (let harmonic = 1; harmonic * pitch < 3500; harmonic += 1) {
      const near = vowel.map((formant) => Math.exp(-(((harmonic * pitch - formant) / 150) ** 2)));
      sum += (0.1 / harmonic + Math.max(...near)) * Math.sin(harmonic * phase);
    }
    samples[at] = Math.round(6500 * loudness * Math.max(-4, Math.min(4, sum)));
  }
  return samples;
}

/** As a file for fake microphones. @param samples mono, 16 bit, voiceRate */
export function wav(samples: Int16Array): Uint8Array {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(voiceRate, 24);
  header.writeUInt32LE(voiceRate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer)]);
}
