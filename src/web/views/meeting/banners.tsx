import { LoaderCircle, ScreenShare, VolumeX } from 'lucide-preact';
import { useTranslation } from '../../parts/app-context.ts';
import type { Call } from '../../state/call.ts';

/** Lasting states on top of the stage: no connection, no sound, our own screen is shared. */
export function Banners({ call }: { call: Call }) {
  const { text } = useTranslation();
  const reconnecting = call.connection.value === 'reconnecting';
  const media = call.mediaState.value;
  const mediaLost = media === 'interrupted' || media === 'failed';
  const sharing = call.sharing.state.value === 'on';
  return (
    <div class="banners">
      <div role="status" class="banner-slot">
        {(reconnecting || mediaLost) && (
          <div class="banner" data-tone="warn">
            <LoaderCircle class="spinner" size={20} aria-hidden="true" />
            <p>
              <strong>{text.meeting.reconnecting}</strong> {text.meeting.reconnectingHint}
            </p>
          </div>
        )}
      </div>
      {call.audio.blocked.value && (
        <div class="banner" data-tone="warn" role="alert">
          <VolumeX size={20} aria-hidden="true" />
          <p>{text.meeting.soundBlocked}</p>
          <button type="button" class="button" data-look="primary" onClick={() => void call.audio.unblock()}>
            {text.meeting.playSound}
          </button>
        </div>
      )}
      <div role="status" class="banner-slot">
        {sharing && (
          <div class="banner">
            <ScreenShare size={20} aria-hidden="true" />
            <p>
              <strong>{text.meeting.youAreSharing}</strong> {text.meeting.youAreSharingHint}
            </p>
            <button type="button" class="button" data-look="danger" onClick={() => void call.toggleSharing()}>
              {text.meeting.stopSharing}
            </button>
          </div>
        )}
      </div>
    </div>
  );
}
