import { AudioLines, LoaderCircle, ScreenShare, ScreenShareOff, VolumeX } from 'lucide-preact';
import { useTranslation } from '../../parts/app-context.ts';
import type { Call } from '../../state/call.ts';
import { AdviceBanner } from './advice-banner.tsx';

/** Lasting states on top of the stage: no connection, no sound, no video by choice, our own screen is shared; and advice. */
export function Banners({ call }: { call: Call }) {
  const { text } = useTranslation();
  const reconnecting = call.connection.value === 'reconnecting';
  const media = call.mediaState.value;
  const mediaLost = media === 'interrupted' || media === 'failed';
  const sharing = call.sharing.state.value === 'on';
  const { audioOnly } = call.dataUse;
  const advice = call.advice.advice.value;
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
        {audioOnly && (
          <div class="banner">
            <AudioLines size={20} aria-hidden="true" />
            <p>
              <strong>{text.dataUse.audioOnly}</strong> {text.dataUse.audioOnlyHint}
            </p>
            <button type="button" class="button" onClick={() => call.dataUse.leaveAudioOnly()}>
              {text.dataUse.leave}
            </button>
          </div>
        )}
      </div>
      <div role="status" class="banner-slot">
        {sharing && (
          <div class="banner">
            {audioOnly ? (
              <ScreenShareOff size={20} aria-hidden="true" />
            ) : (
              <ScreenShare size={20} aria-hidden="true" />
            )}
            <p>
              <strong>{audioOnly ? text.meeting.sharingPaused : text.meeting.youAreSharing}</strong>{' '}
              {audioOnly ? text.meeting.sharingPausedHint : text.meeting.youAreSharingHint}
            </p>
            <button type="button" class="button" data-look="danger" onClick={() => void call.toggleSharing()}>
              {text.meeting.stopSharing}
            </button>
          </div>
        )}
      </div>
      <div role="status" class="banner-slot">
        {advice && !reconnecting && <AdviceBanner call={call} advice={advice} />}
      </div>
    </div>
  );
}
