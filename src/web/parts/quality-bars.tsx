import type { ConnectionQuality } from '../../client/index.ts';
import type { Dictionary } from '../languages/english.ts';
import { useTranslation } from './app-context.ts';

const heights = [5, 9, 13];
const lit = { poor: 1, fair: 2, good: 3 } as const;

/** How well somebody is connected: by the number of bars, not by colour alone. decorative: the words stand beside it. */
export function QualityBars({ quality, decorative }: { quality: ConnectionQuality; decorative?: boolean }) {
  const { text } = useTranslation();
  const words = qualityText(text, quality);
  return (
    <span
      class="quality"
      data-level={quality.level}
      title={words}
      {...(decorative ? { 'aria-hidden': true } : { role: 'img', 'aria-label': words })}
    >
      <svg width="15" height="15" viewBox="0 0 15 15" fill="currentColor" aria-hidden="true">
        {heights.map((height, index) => (
          <rect
            key={height}
            x={index * 5 + 0.5}
            y={14 - height}
            width="4"
            height={height}
            rx="1.2"
            opacity={index < lit[quality.level] ? 1 : 0.3}
          />
        ))}
      </svg>
    </span>
  );
}

export function qualityText(text: Dictionary, { level, reason }: ConnectionQuality): string {
  const { levels, reasons, withReason } = text.quality;
  return level === 'good' || !reason ? levels[level] : withReason(levels[level], reasons[reason]);
}
