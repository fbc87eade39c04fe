import { ChevronRight, Clock3, X } from 'lucide-preact';
import { useApp, useTranslation } from '../../parts/app-context.ts';
import { Switch } from '../../parts/switch.tsx';

/** Meetings this device remembers; can be switched off, and everything can be removed. */
export function RecentList() {
  const { recent, settings, router } = useApp();
  const { text, format } = useTranslation();
  const list = recent.list.value;
  if (list.length === 0) return null;
  const now = new Date();
  return (
    <section class="recent" aria-labelledby="recent-title">
      <div class="recent-head">
        <h2 id="recent-title">{text.start.recent}</h2>
        <span class="field-hint">{text.start.recentHint}</span>
      </div>
      <ul>
        {list.map((meeting) => (
          <li key={meeting.roomId} class="recent-item">
            <a
              href={meeting.path}
              onClick={(event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                event.preventDefault();
                router.go(meeting.path);
              }}
            >
              <Clock3 size={18} aria-hidden="true" />
              <span class="recent-name">
                <bdi>{meeting.name}</bdi>
                {meeting.moderator && <span class="badge">{text.start.asModerator}</span>}
              </span>
              <span class="recent-when">{format.daysAgo(new Date(meeting.visitedAt), now)}</span>
              <ChevronRight size={18} aria-hidden="true" />
            </a>
            <button
              type="button"
              class="icon-button"
              aria-label={text.start.forget(meeting.name)}
              onClick={() => recent.forget(meeting.roomId)}
            >
              <X size={18} aria-hidden="true" />
            </button>
          </li>
        ))}
      </ul>
      <div class="recent-foot">
        <Switch
          on={settings.current.value.rememberMeetings}
          onChange={(on) => settings.change({ rememberMeetings: on })}
        >
          {text.start.remember}
        </Switch>
        <button type="button" class="button" data-look="plain" onClick={() => recent.clear()}>
          {text.start.forgetAll}
        </button>
      </div>
    </section>
  );
}
