import { ArrowRight, ChevronRight, PartyPopper } from 'lucide-preact';
import { useEffect, useRef } from 'preact/hooks';
import { useApp, useTranslation } from '../../parts/app-context.ts';
import { CopyField } from '../../parts/copy-field.tsx';
import type { CreatedMeeting } from '../../state/meetings-api.ts';

interface MeetingReadyProps {
  meeting: CreatedMeeting;
  onAnother: () => void;
}

export function MeetingReady({ meeting, onAnother }: MeetingReadyProps) {
  const { router, recent, settings } = useApp();
  const { text, format } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView?.({ block: 'nearest' });
    // At once, not only when entering: the moderator link is shown just here.
    if (!settings.current.peek().rememberMeetings) return;
    recent.add({
      roomId: meeting.id,
      name: meeting.name,
      path: meeting.moderatorPath,
      moderator: true,
      visitedAt: Date.now(),
    });
  }, [meeting, recent, settings]);
  return (
    <section class="card start-card ready" aria-labelledby="ready-title">
      <div class="start-card-head">
        <span class="start-card-mark" data-tone="brand">
          <PartyPopper size={22} aria-hidden="true" />
        </span>
        <div>
          <h2 id="ready-title" ref={heading} tabIndex={-1}>
            {text.ready.title}
          </h2>
          <p class="field-hint">{text.ready.lead(meeting.name)}</p>
        </div>
      </div>
      <CopyField
        label={text.ready.invitation}
        hint={text.ready.invitationHint}
        value={router.absolute(meeting.invitationPath)}
        primary
      />
      <CopyField label={text.ready.code} value={meeting.code} />
      <details>
        <summary>
          <ChevronRight class="turn" size={18} aria-hidden="true" />
          {text.ready.moderator}
        </summary>
        <div class="ready-more">
          <CopyField
            label={text.ready.moderator}
            hint={text.ready.moderatorHint}
            value={router.absolute(meeting.moderatorPath)}
          />
          <CopyField
            label={text.ready.viewer}
            hint={text.ready.viewerHint}
            value={router.absolute(meeting.viewerPath)}
          />
          <p class="field-hint">{text.ready.validUntil(format.date(new Date(meeting.expiresAt)))}</p>
        </div>
      </details>
      <button
        type="button"
        class="button"
        data-look="primary"
        data-size="large"
        data-wide
        onClick={() => router.go(meeting.moderatorPath)}
      >
        {text.ready.enter}
        <ArrowRight size={20} aria-hidden="true" />
      </button>
      <button type="button" class="button" data-look="plain" onClick={onAnother}>
        {text.ready.another}
      </button>
    </section>
  );
}
