import { useComputed } from '@preact/signals';
import { MicOff, Pause, Pin, PinOff, ScreenShare } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import type { ConnectionQuality } from '../../../client/index.ts';
import { useTranslation } from '../../parts/app-context.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { QualityBars } from '../../parts/quality-bars.tsx';
import { VideoView } from '../../parts/video-view.tsx';
import { selfKey, type TileKey } from '../../state/arrangement.ts';
import type { Call, PauseReason } from '../../state/call.ts';
import { isOn, type Person } from '../../state/people.ts';
import { screenKey } from '../../state/stage.ts';

export function PersonTile({ call, person }: { call: Call; person: Person }) {
  const { text } = useTranslation();
  const { camera, microphone } = person.feeds;
  const cameraOn = isOn(camera);
  const paused = call.pauseReason(camera);
  const quality = useComputed(() => call.quality.value.get(person.id)).value;
  return (
    <>
      <div class="tile-under">
        <Avatar name={person.name} />
        {paused && <PausedMark reason={paused} />}
      </div>
      {/* Not only covered: its last picture would stand still. */}
      {cameraOn && !paused && <VideoView track={camera?.track} fit="fill" />}
      <TileLabel name={person.name} muted={!isOn(microphone)} quality={quality}>
        {!cameraOn && <span class="visually-hidden">, {text.meeting.cameraIsOff}</span>}
      </TileLabel>
      <PinButton call={call} tile={person.id} name={person.name} />
    </>
  );
}

export function SelfTile({ call }: { call: Call }) {
  const { text } = useTranslation();
  const camera = call.media.camera.state.value;
  const name = call.meeting.self.displayName;
  return (
    <>
      <div class="tile-under">
        <Avatar name={name} />
      </div>
      {camera.name === 'on' && <VideoView track={camera.track} mirrored fit="fill" />}
      <TileLabel
        name={text.meeting.youBrackets(name)}
        muted={!call.microphoneOn}
        quality={call.quality.value.get(selfKey)}
      />
      <PinButton call={call} tile={selfKey} name={text.meeting.youBrackets(name)} />
    </>
  );
}

export function ScreenTile({ call, person }: { call: Call; person: Person }) {
  const { text } = useTranslation();
  const label = text.meeting.screenOf(person.name);
  const paused = call.pauseReason(person.feeds.screen);
  return (
    <>
      <div class="tile-under" data-screen>
        <ScreenShare size={40} strokeWidth={1.5} aria-hidden="true" />
        {paused && <PausedMark reason={paused} />}
      </div>
      {!paused && <VideoView track={person.feeds.screen?.track} fit="whole" label={label} />}
      <TileLabel name={label} muted={false} />
      <PinButton call={call} tile={screenKey(person.id)} name={label} />
    </>
  );
}

interface TileLabelProps {
  name: string;
  muted: boolean;
  quality?: ConnectionQuality | undefined;
  children?: ComponentChildren;
}

function TileLabel({ name, muted, quality, children }: TileLabelProps) {
  const { text } = useTranslation();
  return (
    <p class="tile-label">
      {muted && <MicOff size={15} aria-hidden="true" />}
      <bdi>{name}</bdi>
      {muted && <span class="visually-hidden">, {text.meeting.muted}</span>}
      {children}
      {quality && quality.level !== 'good' && <QualityBars quality={quality} />}
    </p>
  );
}

/** Why there is no picture although the camera is on. It goes away by itself. */
function PausedMark({ reason }: { reason: PauseReason }) {
  const { text } = useTranslation();
  return (
    <p class="tile-paused" data-reason={reason}>
      <Pause size={14} aria-hidden="true" />
      <span>{text.paused[reason]}</span>
    </p>
  );
}

/** Covers the whole tile, so that a tap or a click anywhere on it works. */
function PinButton({ call, tile, name }: { call: Call; tile: TileKey; name: string }) {
  const { text } = useTranslation();
  const pinned = call.stage.pinned.value === tile;
  return (
    <button
      type="button"
      class="tile-pin"
      aria-label={pinned ? text.meeting.unpin(name) : text.meeting.pin(name)}
      onClick={() => call.stage.togglePin(tile)}
    >
      <span data-pinned={pinned || undefined}>
        {pinned ? <PinOff size={18} aria-hidden="true" /> : <Pin size={18} aria-hidden="true" />}
      </span>
    </button>
  );
}
