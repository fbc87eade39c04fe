import { LoaderCircle, Mic, MicOff, Video, VideoOff } from 'lucide-preact';
import { useApp, useTranslation } from '../../parts/app-context.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { VideoView } from '../../parts/video-view.tsx';
import type { SourceKind } from '../../state/local-source.ts';
import type { Visit } from '../../state/visit.ts';

/** Our own picture as the others will see it, but mirrored; with the two switches that matter. */
export function Preview({ visit, name }: { visit: Visit; name: string }) {
  const { settings } = useApp();
  const { text } = useTranslation();
  const camera = visit.media.camera.state.value;
  const microphone = visit.media.microphone.state.value;

  const toggle = (kind: SourceKind) => {
    const on = visit.media.source(kind).state.peek().name === 'on';
    settings.change(kind === 'camera' ? { cameraOn: !on } : { microphoneOn: !on });
    if (on) visit.media.source(kind).stop();
    else void visit.media.turnOn(kind);
  };
  const cameraOn = camera.name === 'on';
  const microphoneOn = microphone.name === 'on';
  return (
    <section class="preview" aria-label={text.lobby.preview}>
      <div class="preview-empty">
        {camera.name === 'starting' ? (
          <>
            <LoaderCircle class="spinner" size={32} aria-hidden="true" />
            <p>{text.lobby.cameraStarting}</p>
          </>
        ) : (
          !cameraOn && (
            <>
              <Avatar name={name} />
              <p>{text.lobby.cameraOff}</p>
            </>
          )
        )}
      </div>
      {cameraOn && <VideoView track={camera.track} mirrored fit="fill" label={text.lobby.preview} />}
      {name.trim() !== '' && (
        <p class="tile-label">
          <bdi>{name.trim()}</bdi>
        </p>
      )}
      <div class="preview-switches">
        <button
          type="button"
          class="round-switch"
          data-off={!microphoneOn || undefined}
          disabled={visit.insecure}
          aria-label={microphoneOn ? text.lobby.turnMicrophoneOff : text.lobby.turnMicrophoneOn}
          onClick={() => toggle('microphone')}
        >
          {microphoneOn ? <Mic size={24} aria-hidden="true" /> : <MicOff size={24} aria-hidden="true" />}
        </button>
        <button
          type="button"
          class="round-switch"
          data-off={!cameraOn || undefined}
          disabled={visit.insecure}
          aria-label={cameraOn ? text.lobby.turnCameraOff : text.lobby.turnCameraOn}
          onClick={() => toggle('camera')}
        >
          {cameraOn ? <Video size={24} aria-hidden="true" /> : <VideoOff size={24} aria-hidden="true" />}
        </button>
      </div>
    </section>
  );
}
