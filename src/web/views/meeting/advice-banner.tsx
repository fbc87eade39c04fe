import { X } from 'lucide-preact';
import type { Dictionary } from '../../languages/english.ts';
import { useTranslation } from '../../parts/app-context.ts';
import { QualityBars } from '../../parts/quality-bars.tsx';
import { selfKey } from '../../state/arrangement.ts';
import type { Call } from '../../state/call.ts';
import type { Advice, AdviceOffer } from '../../state/quality-advice.ts';

/** What somebody who is badly connected can do about it. */
export function AdviceBanner({ call, advice }: { call: Call; advice: Advice }) {
  const { text } = useTranslation();
  const words = text.advice;
  const quality = call.quality.value.get(selfKey) ?? { level: 'poor' };
  return (
    <div class="banner" data-tone="warn">
      <QualityBars quality={quality} decorative />
      <p>
        <strong>{words[advice.topic].title}</strong> {adviceText(text, advice)}
      </p>
      {advice.offers.map((offer, index) => (
        <button
          key={offer.do}
          type="button"
          class="button"
          data-look={index === 0 ? 'primary' : undefined}
          onClick={() => call.take(offer)}
        >
          {offerText(text, offer)}
        </button>
      ))}
      <button
        type="button"
        class="icon-button"
        aria-label={words.dismiss}
        onClick={() => call.advice.dismiss()}
      >
        <X size={18} aria-hidden="true" />
      </button>
    </div>
  );
}

function adviceText({ advice: words }: Dictionary, { topic, offers }: Advice): string {
  if (topic === 'uplink' && offers.length > 0) return words.uplink.camera;
  if (topic === 'downlink' && offers.length > 0) return words.downlink.less;
  return words[topic].other;
}

function offerText({ advice: words, dataUse }: Dictionary, offer: AdviceOffer): string {
  if (offer.do === 'camera-off') return words.cameraOff;
  return offer.do === 'less-data' ? words.atMost(dataUse.choices[offer.choice]) : words.audioOnly;
}
