import { useEffect, useRef, useState } from 'preact/hooks';
import { MicrophoneLevel } from '../state/microphone-level.ts';
import { useTranslation } from './app-context.ts';

const bars = 24;
/** Above the hiss of an open microphone. */
const heardAbove = 0.28;

/** A bar that moves with the voice, and a sentence for those who do not see it. */
export function LevelMeter({ track }: { track: MediaStreamTrack | undefined }) {
  const { text } = useTranslation();
  const meter = useRef<HTMLDivElement>(null);
  const [heard, setHeard] = useState(false);
  useEffect(() => {
    setHeard(false);
    if (!track || typeof AudioContext === 'undefined') return;
    let level: MicrophoneLevel;
    try {
      level = new MicrophoneLevel(track);
    } catch {
      return;
    }
    let frame = 0;
    let shown = 0;
    const draw = () => {
      const now = level.read();
      // Up at once, down slowly: the eye can follow.
      shown = Math.max(now, shown - 0.025);
      for (const [index, bar] of [...(meter.current?.children ?? [])].entries()) {
        bar.toggleAttribute('data-lit', index < Math.round(shown * bars));
      }
      if (now > heardAbove) setHeard(true);
      frame = requestAnimationFrame(draw);
    };
    frame = requestAnimationFrame(draw);
    return () => {
      cancelAnimationFrame(frame);
      for (const bar of meter.current?.children ?? []) bar.removeAttribute('data-lit');
      level.close();
    };
  }, [track]);
  return (
    <div class="level">
      <div ref={meter} class="level-bars" aria-hidden="true">
        {Array.from({ length: bars }, (_, index) => (
          <span key={index} />
        ))}
      </div>
      <p class="field-hint" role="status">
        {track ? (heard ? text.lobby.levelHeard : text.lobby.levelSilent) : text.lobby.levelOff}
      </p>
    </div>
  );
}
