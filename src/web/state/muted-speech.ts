import { MicrophoneLevel } from './microphone-level.ts';

const everyMs = 150;
/** Clearly a voice near the microphone (about -31 dBFS), not the room. */
const loud = 0.54;
/** So many looks in a row: more than a cough. */
const lasting = 5;

/**
 * Notices that somebody talks although the microphone is muted; tells once. Nothing of it leaves the device.
 * @returns ends the watch
 */
export function watchMutedSpeech(track: MediaStreamTrack, onSpeech: () => void): () => void {
  let level: MicrophoneLevel;
  try {
    level = new MicrophoneLevel(track);
  } catch {
    return () => undefined;
  }
  let run = 0;
  const timer = setInterval(() => {
    run = level.read() > loud ? run + 1 : 0;
    if (run < lasting) return;
    stop();
    onSpeech();
  }, everyMs);
  let over = false;
  const stop = () => {
    if (over) return;
    over = true;
    clearInterval(timer);
    level.close();
  };
  return stop;
}
