import { useEffect, useRef, useState } from 'preact/hooks';
import { useApp, useTranslation } from '../../parts/app-context.ts';
import { copyText } from '../../parts/copy-text.ts';
import { useScreen } from '../../parts/use-screen.ts';
import type { Call } from '../../state/call.ts';
import type { ShortcutAction } from '../../state/shortcuts.ts';
import { Banners } from './banners.tsx';
import { ControlBar } from './control-bar.tsx';
import { type DialogName, MeetingDialogs } from './meeting-dialogs.tsx';
import { ParticipantsPanel } from './participants-panel.tsx';
import { StageView } from './stage-view.tsx';
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
  const [panelOpen, setPanelOpen] = useState(false);
  const panelOpener = useRef<Element | null>(null);
  const fullScreen = useFullScreen();
  useWakeLock();
  // Messages lie above the controls, not on them.
  useEffect(() => {
    document.documentElement.dataset.inMeeting = '';
    return () => void delete document.documentElement.dataset.inMeeting;
  }, []);

  const openPanel = (open: boolean) => {
    if (open) panelOpener.current = document.activeElement;
    setPanelOpen(open);
    // Closing takes the focused element away; it goes back to where it came from.
    if (!open && panelOpener.current instanceof HTMLElement) panelOpener.current.focus();
  };
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
        openPanel(!panelOpen);
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
        const something = panelOpen || call.stage.pinned.peek() !== undefined;
        if (panelOpen) openPanel(false);
        else call.stage.unpin();
        return something;
      }
    }
  };
  useShortcuts(settings.current.value.singleKeys, act);
  return (
    <div class="meeting" data-panel={panelOpen || undefined}>
      <main class="meeting-main">
        <h1 ref={heading} tabIndex={-1} class="visually-hidden">
          {call.meeting.room.name}
        </h1>
        <Banners call={call} />
        <StageView
          call={call}
          onCopyInvitation={() => void copyInvitation()}
          onShowParticipants={() => openPanel(true)}
        />
      </main>
      {panelOpen && <ParticipantsPanel call={call} onClose={() => openPanel(false)} />}
      <ControlBar
        call={call}
        fullScreen={fullScreen}
        panelOpen={panelOpen}
        onPanel={() => openPanel(!panelOpen)}
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
