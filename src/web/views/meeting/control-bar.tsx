import {
  ChartLine,
  Ellipsis,
  Expand,
  GalleryVerticalEnd,
  Gauge,
  Keyboard,
  LayoutGrid,
  type LucideIcon,
  Mic,
  MicOff,
  PhoneOff,
  ScreenShare,
  ScreenShareOff,
  Settings,
  Shrink,
  UserRoundPlus,
  Users,
  Video,
  VideoOff,
} from 'lucide-preact';
import { useEffect, useState } from 'preact/hooks';
import { useTranslation } from '../../parts/app-context.ts';
import { Popover } from '../../parts/popover.tsx';
import { useMediaQuery } from '../../parts/use-media-query.ts';
import type { Call } from '../../state/call.ts';
import type { DialogName } from './meeting-dialogs.tsx';

export type PanelName = 'participants' | 'statistics';

interface ControlBarProps {
  call: Call;
  fullScreen: { possible: boolean; on: boolean; toggle: () => void };
  panel: PanelName | undefined;
  onPanel: (name: PanelName) => void;
  onDialog: (name: DialogName) => void;
  onLeave: () => void;
}

interface Control {
  label: string;
  /** where there is little room */
  short?: string;
  icon: LucideIcon;
  run: () => void;
  /** off: microphone or camera do not deliver; on: something special is going on; danger: leaves */
  tone?: 'off' | 'on' | 'danger' | undefined;
  key?: string;
  /** what is chosen, in the menu */
  value?: string;
  /** why it cannot do what it usually does */
  hint?: string | undefined;
  expanded?: boolean;
  count?: number;
}

/** Everything one can do in a meeting. What does not fit on a phone moves into "More". */
export function ControlBar(props: ControlBarProps) {
  const { call } = props;
  const { text } = useTranslation();
  const narrow = useMediaQuery('(max-width: 1000px)');
  const phone = useMediaQuery('(max-width: 600px)');
  const controls = useControls(props);
  const primary = [
    ...(call.canPublish ? [controls.microphone, controls.camera] : []),
    ...(call.canPublish && call.sharing.possible && !phone ? [controls.share] : []),
    ...(phone ? [] : [controls.view]),
    ...(narrow ? [controls.participants] : []),
  ];
  const secondary = narrow ? [] : [controls.participants, ...(call.may('invite') ? [controls.invite] : [])];
  const more = [
    ...(phone ? [controls.view] : []),
    ...(phone && call.canPublish && call.sharing.possible ? [controls.share] : []),
    ...(narrow && call.may('invite') ? [controls.invite] : []),
    ...(props.fullScreen.possible ? [controls.fullScreen] : []),
    controls.dataUse,
    controls.statistics,
    controls.settings,
    controls.shortcuts,
  ];
  return (
    <section class="bar" aria-label={text.meeting.controls}>
      <div class="bar-info">
        <bdi class="bar-name">{call.meeting.room.name}</bdi>
        <Clock />
      </div>
      <div class="bar-primary">
        {primary.map((control) => (
          <ControlButton key={control.key} control={control} narrow={phone} />
        ))}
        {narrow && <MoreButton controls={more} />}
        <ControlButton control={controls.leave} narrow={phone} />
      </div>
      {!narrow && (
        <div class="bar-secondary">
          {secondary.map((control) => (
            <ControlButton key={control.key} control={control} narrow={phone} />
          ))}
          <MoreButton controls={more} />
        </div>
      )}
    </section>
  );
}

function useControls({ call, fullScreen, panel, onPanel, onDialog, onLeave }: ControlBarProps) {
  const { text } = useTranslation();
  const words = text.meeting;
  const { microphoneOn, cameraOn } = call;
  const { audioOnly } = call.dataUse;
  const sharing = call.sharing.state.value === 'on';
  const grid = call.stage.view.value === 'grid';
  const count = call.people.value.length + 1;
  return {
    microphone: {
      label: microphoneOn ? words.mute : words.unmute,
      short: microphoneOn ? words.short.mute : words.short.unmute,
      icon: microphoneOn ? Mic : MicOff,
      run: () => void call.toggleMicrophone(),
      tone: microphoneOn ? undefined : 'off',
      key: 'M',
    },
    camera: {
      label: audioOnly ? words.cameraPaused : cameraOn ? words.cameraOff : words.cameraOn,
      short: words.short[audioOnly ? 'cameraPaused' : cameraOn ? 'cameraOff' : 'cameraOn'],
      icon: cameraOn ? Video : VideoOff,
      run: () => void call.toggleCamera(),
      tone: cameraOn ? undefined : 'off',
      key: 'V',
      hint: audioOnly ? words.cameraPausedHint : undefined,
    },
    share: {
      label: sharing ? words.stopSharing : words.share,
      icon: sharing ? ScreenShareOff : ScreenShare,
      run: () => void call.toggleSharing(),
      tone: sharing ? 'on' : undefined,
      key: 'S',
    },
    view: {
      label: grid ? words.speakerView : words.gridView,
      icon: grid ? GalleryVerticalEnd : LayoutGrid,
      run: () => call.stage.toggleView(),
      key: 'G',
    },
    participants: {
      label: words.participants,
      short: words.short.participants,
      icon: Users,
      run: () => onPanel('participants'),
      key: 'P',
      expanded: panel === 'participants',
      count,
    },
    invite: { label: words.invite, icon: UserRoundPlus, run: () => onDialog('invite'), key: 'I' },
    fullScreen: {
      label: fullScreen.on ? words.leaveFullScreen : words.fullScreen,
      icon: fullScreen.on ? Shrink : Expand,
      run: fullScreen.toggle,
      key: 'F',
    },
    dataUse: {
      label: words.dataUse,
      icon: Gauge,
      run: () => onDialog('data-use'),
      value: text.dataUse.choices[call.dataUse.choice.value],
    },
    statistics: { label: words.statistics, icon: ChartLine, run: () => onPanel('statistics'), key: 'Q' },
    settings: { label: words.settings, icon: Settings, run: () => onDialog('settings') },
    shortcuts: { label: words.shortcuts, icon: Keyboard, run: () => onDialog('shortcuts'), key: '?' },
    leave: { label: words.leave, icon: PhoneOff, run: onLeave, tone: 'danger' },
  } satisfies Record<string, Control>;
}

function ControlButton({ control, narrow }: { control: Control; narrow: boolean }) {
  const { icon: Icon, label, short, run, tone, expanded, count, hint } = control;
  return (
    <button
      type="button"
      class="control"
      data-tone={tone}
      aria-expanded={expanded}
      title={hint}
      onClick={run}
    >
      <span class="control-icon">
        <Icon size={22} aria-hidden="true" />
        {count !== undefined && (
          <span class="control-count" aria-hidden="true">
            {count}
          </span>
        )}
      </span>
      <span class="control-label">{narrow ? (short ?? label) : label}</span>
    </button>
  );
}

function MoreButton({ controls }: { controls: readonly Control[] }) {
  const { text } = useTranslation();
  return (
    <Popover
      class="control"
      button={
        <>
          <span class="control-icon">
            <Ellipsis size={22} aria-hidden="true" />
          </span>
          <span class="control-label">{text.meeting.more}</span>
        </>
      }
    >
      {(close) =>
        controls.map(({ icon: Icon, label, run, key, value }) => (
          <button
            key={label}
            type="button"
            class="menu-item"
            onClick={() => {
              close();
              run();
            }}
          >
            <Icon size={20} aria-hidden="true" />
            {label}
            {value && <span class="menu-mark menu-value">{value}</span>}
            {key && (
              <span class="kbd menu-mark" aria-hidden="true">
                {key}
              </span>
            )}
          </button>
        ))
      }
    </Popover>
  );
}

function Clock() {
  const { format } = useTranslation();
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 10_000);
    return () => clearInterval(timer);
  }, []);
  return <time class="bar-time">{format.time(now)}</time>;
}
