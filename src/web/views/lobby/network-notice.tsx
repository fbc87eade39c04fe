import { CircleAlert, Info } from 'lucide-preact';
import { useTranslation } from '../../parts/app-context.ts';
import { CheckLink } from '../../parts/check-link.tsx';
import type { NetworkLook } from '../../state/network-look.ts';

/** What this network means for the meeting, where it is not as it should be. */
export function NetworkNotice({ look }: { look: NetworkLook }) {
  const { text } = useTranslation();
  const code = look.found.value;
  const sentence =
    code === undefined || code === 'good' || code === 'unknown' ? '' : text.lobby.network[code];
  const grave = code === 'no-media' || code === 'no-signalling';
  const Icon = grave ? CircleAlert : Info;
  return (
    <div role="status" class="lobby-network">
      {sentence && (
        <div class="notice" data-tone={grave ? 'alert' : undefined}>
          <Icon size={20} aria-hidden="true" />
          <div>
            <p>{sentence}</p>
            {grave && <CheckLink />}
          </div>
        </div>
      )}
    </div>
  );
}
