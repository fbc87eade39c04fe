import { Link2, Share2 } from 'lucide-preact';
import { useId } from 'preact/hooks';
import { useApp, useTranslation } from '../../parts/app-context.ts';
import { CopyField } from '../../parts/copy-field.tsx';
import { AddressSwitch, DataUseChoices, SavingNotice } from '../../parts/data-use-choices.tsx';
import { DeviceFields } from '../../parts/device-fields.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { MediaTrouble } from '../../parts/media-trouble.tsx';
import { PreferenceFields } from '../../parts/preferences.tsx';
import { Switch } from '../../parts/switch.tsx';
import type { Call } from '../../state/call.ts';
import './meeting-dialogs.css';

export type DialogName = 'leave' | 'invite' | 'data-use' | 'settings' | 'shortcuts';

interface MeetingDialogsProps {
  call: Call;
  open: DialogName | undefined;
  onClose: () => void;
  onCopyInvitation: () => void;
}

export function MeetingDialogs({ call, open, onClose }: MeetingDialogsProps) {
  const { text } = useTranslation();
  switch (open) {
    case 'leave':
      return <LeaveDialog call={call} onClose={onClose} />;
    case 'invite':
      return <InviteDialog call={call} onClose={onClose} />;
    case 'data-use':
      return (
        <Dialog title={text.dataUse.title} onClose={onClose}>
          <SavingNotice dataUse={call.dataUse} />
          <DataUseChoices dataUse={call.dataUse} />
          <AddressSwitch />
        </Dialog>
      );
    case 'settings':
      return <SettingsDialog call={call} onClose={onClose} />;
    case 'shortcuts':
      return <ShortcutsDialog onClose={onClose} />;
    case undefined:
      return null;
  }
}

interface DialogProps {
  call: Call;
  onClose: () => void;
}

function LeaveDialog({ call, onClose }: DialogProps) {
  const { text } = useTranslation();
  const id = useId();
  return (
    <Dialog title={text.leaving.title} describedBy={id} onClose={onClose}>
      <p id={id} class="soft">
        {text.leaving.text}
      </p>
      <div class="dialog-actions">
        <button type="button" class="button" data-look="outline" onClick={() => void call.endForAll()}>
          {text.leaving.end}
        </button>
        <button type="button" class="button" data-look="danger" onClick={() => void call.leave()}>
          {text.leaving.leave}
        </button>
      </div>
    </Dialog>
  );
}

function InviteDialog({ call, onClose }: DialogProps) {
  const { router } = useApp();
  const { text } = useTranslation();
  const { room } = call.meeting;
  const link = router.absolute(room.invitationPath);
  const canShare = typeof navigator.share === 'function';
  return (
    <Dialog title={text.invite.title} onClose={onClose}>
      {call.may('invite') ? (
        <>
          <CopyField label={text.invite.link} hint={text.ready.invitationHint} value={link} primary />
          {room.code !== '' && <CopyField label={text.invite.code} value={room.code} />}
          {canShare && (
            <button
              type="button"
              class="button"
              onClick={() => void navigator.share({ title: room.name, url: link }).catch(() => undefined)}
            >
              <Share2 size={18} aria-hidden="true" />
              {text.invite.share}
            </button>
          )}
        </>
      ) : (
        <p class="notice">
          <Link2 size={20} aria-hidden="true" />
          {text.invite.none}
        </p>
      )}
    </Dialog>
  );
}

function SettingsDialog({ call, onClose }: DialogProps) {
  const { settings } = useApp();
  const { text } = useTranslation();
  return (
    <Dialog title={text.devices.title} onClose={onClose}>
      {call.canPublish && (
        <section class="settings-part">
          <h3>{text.devices.sound}</h3>
          <MediaTrouble media={call.media} insecure={false} />
          <DeviceFields media={call.media} />
        </section>
      )}
      <section class="settings-part">
        <h3>{text.devices.look}</h3>
        <PreferenceFields />
        <Switch on={settings.current.value.singleKeys} onChange={(on) => settings.change({ singleKeys: on })}>
          {text.devices.shortcutsOn}
        </Switch>
      </section>
    </Dialog>
  );
}

function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const { settings } = useApp();
  const { text } = useTranslation();
  const words = text.shortcuts;
  const rows: readonly (readonly [string, string])[] = [
    ['M', words.microphone],
    ['V', words.camera],
    ['S', words.share],
    ['G', words.view],
    ['P', words.participants],
    ['I', words.invite],
    ['F', words.fullScreen],
    ['Q', words.statistics],
    ['Page ↑ ↓', words.pages],
    [words.escape, words.close],
    ['?', words.help],
  ];
  return (
    <Dialog title={words.title} onClose={onClose}>
      <dl class="shortcuts">
        {rows.map(([key, meaning]) => (
          <div key={key}>
            <dt>{meaning}</dt>
            <dd>
              <kbd class="kbd">{key}</kbd>
            </dd>
          </div>
        ))}
      </dl>
      <p class="field-hint">{words.note}</p>
      <Switch on={settings.current.value.singleKeys} onChange={(on) => settings.change({ singleKeys: on })}>
        {text.devices.shortcutsOn}
      </Switch>
    </Dialog>
  );
}
