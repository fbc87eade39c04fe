import { ChevronRight, CircleAlert, Gauge, LoaderCircle, Settings2 } from 'lucide-preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { limits } from '../../../protocol/limits.ts';
import { useApp, useTranslation } from '../../parts/app-context.ts';
import { CheckLink } from '../../parts/check-link.tsx';
import { AddressSwitch, DataUseChoices, SavingNotice } from '../../parts/data-use-choices.tsx';
import { DeviceFields } from '../../parts/device-fields.tsx';
import { MediaTrouble } from '../../parts/media-trouble.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { useScreen } from '../../parts/use-screen.ts';
import type { Visit } from '../../state/visit.ts';
import { NetworkNotice } from './network-notice.tsx';
import { Preview } from './preview.tsx';
import './lobby-screen.css';

/** Before joining: how do I look, does my microphone work, what am I called? */
export function LobbyScreen({ visit, joining }: { visit: Visit; joining: boolean }) {
  const { settings, recent, dataUse } = useApp();
  const { text } = useTranslation();
  const viewer = visit.role === 'viewer';
  const heading = useScreen(viewer ? text.lobby.viewerTitle : text.lobby.title);
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [name, setName] = useState(settings.current.peek().displayName);
  const [missing, setMissing] = useState(false);
  const known = recent.list.value.find((meeting) => meeting.roomId === visit.link.roomId);
  useEffect(() => {
    void visit.prepare();
    void visit.network.begin();
  }, [visit]);

  const join = () => {
    const displayName = name.trim();
    if (displayName === '') {
      setMissing(true);
      input.current?.focus();
      return;
    }
    void visit.join(displayName);
  };
  return (
    <div class="screen">
      <PageHead />
      <main class="lobby" data-viewer={viewer || undefined}>
        <header class="lobby-head">
          {known && (
            <p class="lobby-meeting">
              <bdi>{known.name}</bdi>
            </p>
          )}
          <h1 ref={heading} tabIndex={-1}>
            {viewer ? text.lobby.viewerTitle : text.lobby.title}
          </h1>
          <p class="soft">{viewer ? text.lobby.viewerLead : text.lobby.lead}</p>
        </header>
        {!viewer && (
          <div class="lobby-picture">
            <Preview visit={visit} name={name} />
            <MediaTrouble media={visit.media} insecure={visit.insecure} before />
          </div>
        )}
        <form
          class="lobby-form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!joining) join();
          }}
        >
          <div class="field">
            <label for={id}>{text.lobby.yourName}</label>
            <input
              ref={input}
              id={id}
              class="input"
              name="name"
              autoComplete="name"
              maxLength={limits.displayNameLength}
              placeholder={text.lobby.yourNamePlaceholder}
              value={name}
              aria-invalid={missing}
              aria-describedby={missing ? `${id}-problem` : undefined}
              onInput={(event) => {
                setName(event.currentTarget.value);
                setMissing(false);
              }}
            />
            {missing && (
              <p class="field-problem" id={`${id}-problem`} role="alert">
                <CircleAlert size={18} aria-hidden="true" />
                {text.lobby.nameMissing}
              </p>
            )}
          </div>
          <button
            type="submit"
            class="button"
            data-look="primary"
            data-size="large"
            data-wide
            aria-disabled={joining}
          >
            {joining && <LoaderCircle class="spinner" size={20} aria-hidden="true" />}
            {joining ? text.lobby.joining : text.lobby.join}
          </button>
          <NetworkNotice look={visit.network} />
          {!viewer && !visit.insecure && (
            <details class="lobby-devices" open={window.matchMedia('(min-width: 901px)').matches}>
              <summary>
                <Settings2 size={18} aria-hidden="true" />
                {text.devices.sound}
                <ChevronRight class="turn" size={18} aria-hidden="true" />
              </summary>
              <DeviceFields media={visit.media} />
            </details>
          )}
          <details class="lobby-devices">
            <summary>
              <Gauge size={18} aria-hidden="true" />
              {text.dataUse.title}
              <span class="lobby-value">{text.dataUse.choices[dataUse.choice.value]}</span>
              <ChevronRight class="turn" size={18} aria-hidden="true" />
            </summary>
            <DataUseChoices dataUse={dataUse} />
            <AddressSwitch />
          </details>
          <SavingNotice dataUse={dataUse} />
          <CheckLink />
        </form>
      </main>
    </div>
  );
}
