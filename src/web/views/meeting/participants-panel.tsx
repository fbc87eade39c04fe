import {
  EllipsisVertical,
  Mic,
  MicOff,
  ScreenShare,
  Search,
  UserRoundX,
  Video,
  VideoOff,
  X,
} from 'lucide-preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { ConnectionQuality } from '../../../client/index.ts';
import { useTranslation } from '../../parts/app-context.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Popover } from '../../parts/popover.tsx';
import { QualityBars, qualityText } from '../../parts/quality-bars.tsx';
import { selfKey } from '../../state/arrangement.ts';
import type { Call } from '../../state/call.ts';
import { isOn, type Person, sortPeople } from '../../state/people.ts';
import './participants-panel.css';

/** So many fit without scrolling and need no search. */
const searchFrom = 9;

export function ParticipantsPanel({ call, onClose }: { call: Call; onClose: () => void }) {
  const { text, locale } = useTranslation();
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const [search, setSearch] = useState('');
  const [removing, setRemoving] = useState<Person | undefined>(undefined);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const people = call.people.value;
  const wanted = search.trim().toLocaleLowerCase(locale);
  const shown = sortPeople(people, locale).filter((person) =>
    person.name.toLocaleLowerCase(locale).includes(wanted),
  );
  const { self } = call.meeting;
  const ownQuality = call.quality.value.get(selfKey);
  return (
    <aside class="panel" aria-labelledby={id}>
      <div class="panel-head">
        <h2 id={id} ref={heading} tabIndex={-1}>
          {text.meeting.participantsCount(people.length + 1)}
        </h2>
        <button type="button" class="icon-button" aria-label={text.app.close} onClick={onClose}>
          <X size={20} aria-hidden="true" />
        </button>
      </div>
      {people.length >= searchFrom && (
        <div class="panel-search">
          <Search size={18} aria-hidden="true" />
          <input
            class="input"
            type="search"
            aria-label={text.panel.search}
            placeholder={text.panel.search}
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        </div>
      )}
      <ul class="panel-list">
        {wanted === '' && (
          <li class="person">
            <PersonAvatar name={self.displayName} quality={ownQuality} />
            <span class="person-name">
              <bdi>{text.meeting.youBrackets(self.displayName)}</bdi>
              {self.role !== 'participant' && (
                <span class="person-role">{text.meeting.roles[self.role]}</span>
              )}
            </span>
            {call.canPublish && (
              <Marks
                microphone={call.microphoneOn}
                camera={call.cameraOn}
                speaking={call.speaking.value.has(selfKey)}
              />
            )}
            <QualityWords quality={ownQuality} />
          </li>
        )}
        {shown.map((person) => (
          <PersonRow key={person.id} call={call} person={person} onRemove={() => setRemoving(person)} />
        ))}
      </ul>
      <p class="panel-nobody soft" role="status">
        {wanted !== '' && shown.length === 0 ? text.panel.nobodyFound : ''}
      </p>
      {removing && (
        <RemoveDialog
          person={removing}
          onClose={() => setRemoving(undefined)}
          onRemove={() => {
            setRemoving(undefined);
            void call.remove(removing.id);
          }}
        />
      )}
    </aside>
  );
}

function PersonRow({ call, person, onRemove }: { call: Call; person: Person; onRemove: () => void }) {
  const { text } = useTranslation();
  const { feeds } = person;
  const sharing = isOn(feeds.screen);
  const quality = call.quality.value.get(person.id);
  return (
    <li class="person">
      <PersonAvatar name={person.name} quality={quality} />
      <span class="person-name">
        <bdi>{person.name}</bdi>
        {(person.role !== 'participant' || sharing) && (
          <span class="person-role">
            {sharing && <ScreenShare size={14} aria-hidden="true" />}
            {sharing ? text.meeting.isSharing : text.meeting.roles[person.role]}
          </span>
        )}
      </span>
      {person.role !== 'viewer' && (
        <Marks
          microphone={isOn(feeds.microphone)}
          camera={isOn(feeds.camera)}
          speaking={call.speaking.value.has(person.id)}
        />
      )}
      {call.may('moderate') && <PersonActions call={call} person={person} onRemove={onRemove} />}
      <QualityWords quality={quality} />
    </li>
  );
}

function PersonAvatar({ name, quality }: { name: string; quality: ConnectionQuality | undefined }) {
  return (
    <span class="person-avatar">
      <Avatar name={name} size="small" />
      {quality && <QualityBars quality={quality} decorative={quality.level !== 'good'} />}
    </span>
  );
}

/** What is wrong, unless all is well. */
function QualityWords({ quality }: { quality: ConnectionQuality | undefined }) {
  const { text } = useTranslation();
  if (!quality || quality.level === 'good') return null;
  return <span class="person-quality">{qualityText(text, quality)}</span>;
}

function Marks({
  microphone,
  camera,
  speaking,
}: {
  microphone: boolean;
  camera: boolean;
  speaking: boolean;
}) {
  const { text } = useTranslation();
  return (
    <span class="person-marks">
      <span data-on={camera || undefined}>
        {camera ? <Video size={18} aria-hidden="true" /> : <VideoOff size={18} aria-hidden="true" />}
        {!camera && <span class="visually-hidden">{text.meeting.cameraIsOff}</span>}
      </span>
      <span data-on={microphone || undefined} data-speaking={(microphone && speaking) || undefined}>
        {microphone ? <Mic size={18} aria-hidden="true" /> : <MicOff size={18} aria-hidden="true" />}
        {!microphone && <span class="visually-hidden">{text.meeting.muted}</span>}
        {microphone && speaking && <span class="visually-hidden">{text.meeting.speaking}</span>}
      </span>
    </span>
  );
}

function PersonActions({ call, person, onRemove }: { call: Call; person: Person; onRemove: () => void }) {
  const { text } = useTranslation();
  const { feeds } = person;
  return (
    <Popover
      class="icon-button"
      label={text.panel.actionsFor(person.name)}
      button={<EllipsisVertical size={20} aria-hidden="true" />}
    >
      {(close) => {
        const action = (run: () => void) => () => {
          close();
          run();
        };
        return (
          <>
            {isOn(feeds.microphone) && (
              <button
                type="button"
                class="menu-item"
                onClick={action(() => void call.mute(person.id, 'microphone'))}
              >
                <MicOff size={20} aria-hidden="true" />
                {text.panel.muteMicrophone}
              </button>
            )}
            {isOn(feeds.camera) && (
              <button
                type="button"
                class="menu-item"
                onClick={action(() => void call.mute(person.id, 'camera'))}
              >
                <VideoOff size={20} aria-hidden="true" />
                {text.panel.stopCamera}
              </button>
            )}
            {isOn(feeds.screen) && (
              <button
                type="button"
                class="menu-item"
                onClick={action(() => void call.mute(person.id, 'screen'))}
              >
                <ScreenShare size={20} aria-hidden="true" />
                {text.panel.stopScreen}
              </button>
            )}
            <button type="button" class="menu-item" data-look="danger" onClick={action(onRemove)}>
              <UserRoundX size={20} aria-hidden="true" />
              {text.panel.remove}
            </button>
          </>
        );
      }}
    </Popover>
  );
}

function RemoveDialog({
  person,
  onClose,
  onRemove,
}: {
  person: Person;
  onClose: () => void;
  onRemove: () => void;
}) {
  const { text } = useTranslation();
  const id = useId();
  return (
    <Dialog title={text.panel.removeTitle(person.name)} describedBy={id} onClose={onClose}>
      <p id={id}>{text.panel.removeText}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {text.app.cancel}
        </button>
        <button type="button" class="button" data-look="danger" onClick={onRemove}>
          {text.panel.removeConfirm}
        </button>
      </div>
    </Dialog>
  );
}
