import { useEffect, useRef, useState } from 'preact/hooks';
import { useApp, useTranslation } from '../../parts/app-context.ts';
import { copyText } from '../../parts/copy-text.ts';
import { useScreen } from '../../parts/use-screen.ts';
import type { Call } from '../../state/call.ts';
import type { ShortcutAction } from '../../state/shortcuts.ts';
import { Banners } from './banners.tsx';
import { ControlBar, type PanelName } from './control-bar.tsx';
import { type DialogName, MeetingDialogs } from './meeting-dialogs.tsx';
import { ParticipantsPanel } from './participants-panel.tsx';
import { StageView } from './stage-view.tsx';
import { LazyStatistics } from './statistics/lazy-statistics.tsx';
import { useFullScreen } from './use-full-screen.ts';
import { useShortcuts } from './use-shortcuts.ts';
import { useWakeLock } from './use-wake-lock.ts';
import './meeting-screen.css';
import './control-bar.css';

export function MeetingScreen({ call }: { call: Call }) {
  const { settings, toasts, router } = useApp();
  const { text } = useTranslation();
  const heading = useScreen(call.meeting.room.name);
  const [dialog, setDialog] = useState<DialogName | undefined>(undefined);
  const [panel, setPanel] = useState<PanelName | undefined>(undefined);
  const panelOpener = useRef<Element | null>(null);
  const fullScreen = useFullScreen();
  useWakeLock();
  // Messages lie above the controls, not on them.
  useEffect(() => {
    document.documentElement.dataset.inMeeting = '';
    return () => void delete document.documentElement.dataset.inMeeting;
  }, []);

  const openPanel = (name: PanelName | undefined) => {
    if (name && !panel) panelOpener.current = document.activeElement;
    setPanel(name);
    // Closing takes the focused element away; it goes back to where it came from.
    if (!name && panelOpener.current instanceof HTMLElement) panelOpener.current.focus();
  };
  const togglePanel = (name: PanelName) => openPanel(panel === name ? undefined : name);
  const copyInvitation = async () => {
    const copied = await copyText(router.absolute(call.meeting.room.invitationPath));
    if (copied) toasts.show(text.meeting.invitationCopied);
    else setDialog('invite');
  };
  const leave = () => {
    if (call.may('end-meeting')) setDialog('leave');
    else void call.leave();
  };
  const act = (action: ShortcutAction): boolean => {
    switch (action) {
      case 'microphone':
        void call.toggleMicrophone();
        return call.canPublish;
      case 'camera':
        void call.toggleCamera();
        return call.canPublish;
      case 'share':
        void call.toggleSharing();
        return call.canPublish;
      case 'view':
        call.stage.toggleView();
        return true;
      case 'participants':
      case 'statistics':
        togglePanel(action);
        return true;
      case 'invite':
        if (call.may('invite')) void copyInvitation();
        return call.may('invite');
      case 'full-screen':
        if (fullScreen.possible) fullScreen.toggle();
        return fullScreen.possible;
      case 'previous-page':
      case 'next-page':
        call.stage.turnPage(action === 'next-page' ? 1 : -1);
        return true;
      case 'help':
        setDialog('shortcuts');
        return true;
      case 'close': {
        const something = panel !== undefined || call.stage.pinned.peek() !== undefined;
        if (panel) openPanel(undefined);
        else call.stage.unpin();
        return something;
      }
    }
  };
  useShortcuts(settings.current.value.singleKeys, act);
  return (
    <div class="meeting" data-panel={panel}>
      <main class="meeting-main">
        <h1 ref={heading} tabIndex={-1} class="visually-hidden">
          {call.meeting.room.name}
        </h1>
        <Banners call={call} />
        <StageView
          call={call}
          onCopyInvitation={() => void copyInvitation()}
          onShowParticipants={() => openPanel('participants')}
        />
      </main>
      {panel === 'participants' && <ParticipantsPanel call={call} onClose={() => openPanel(undefined)} />}
      {panel === 'statistics' && <LazyStatistics call={call} onClose={() => openPanel(undefined)} />}
      <ControlBar
        call={call}
        fullScreen={fullScreen}
        panel={panel}
        onPanel={togglePanel}
        onDialog={setDialog}
        onLeave={leave}
      />
      <MeetingDialogs
        call={call}
        open={dialog}
        onClose={() => setDialog(undefined)}
        onCopyInvitation={() => void copyInvitation()}
      />
      <CallAnnouncer call={call} />
    </div>
  );
}

/** Reads out what the buttons show: on and off of our own microphone and camera, whoever switched them. */
function CallAnnouncer({ call }: { call: Call }) {
  const { text } = useTranslation();
  const first = useRef(true);
  const [sentence, setSentence] = useState('');
  const { microphoneOn, cameraOn } = call;
  const before = useRef({ microphoneOn, cameraOn });
  useEffect(() => {
    if (!first.current) {
      if (before.current.microphoneOn !== microphoneOn) {
        setSentence(microphoneOn ? text.events.microphoneOn : text.events.microphoneOff);
      } else if (before.current.cameraOn !== cameraOn)
        setSentence(cameraOn ? text.events.cameraOn : text.events.cameraOff);
    }
    first.current = false;
    before.current = { microphoneOn, cameraOn };
  }, [microphoneOn, cameraOn, text]);
  return (
    <p class="visually-hidden" role="status">
      {sentence}
    </p>
  );
}
