import { Building2, Code, LockKeyhole } from 'lucide-preact';
import { useState } from 'preact/hooks';
import { useTranslation } from '../../parts/app-context.ts';
import { CheckLink } from '../../parts/check-link.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { useScreen } from '../../parts/use-screen.ts';
import type { CreatedMeeting } from '../../state/meetings-api.ts';
import { Chamber } from './chamber.tsx';
import { JoinForm } from './join-form.tsx';
import { MeetingReady } from './meeting-ready.tsx';
import { NewMeetingForm } from './new-meeting-form.tsx';
import { RecentList } from './recent-list.tsx';
import './start-screen.css';

export function StartScreen() {
  const { text } = useTranslation();
  const [created, setCreated] = useState<CreatedMeeting | undefined>(undefined);
  const heading = useScreen(created ? text.ready.title : '');
  const icons = [LockKeyhole, Building2, Code];
  return (
    <div class="screen">
      <PageHead />
      <main class="start">
        <div class="start-intro">
          <Chamber />
          <h1 ref={heading} tabIndex={-1}>
            {text.start.heading}
          </h1>
          <p class="start-lead">{text.start.lead}</p>
          <ul class="start-points">
            {text.start.points.map((point, index) => {
              const Icon = icons[index] ?? LockKeyhole;
              return (
                <li key={point}>
                  <Icon size={18} aria-hidden="true" />
                  {point}
                </li>
              );
            })}
          </ul>
        </div>
        <div class="start-cards">
          {created ? (
            <MeetingReady meeting={created} onAnother={() => setCreated(undefined)} />
          ) : (
            <>
              <NewMeetingForm onCreated={setCreated} />
              <JoinForm />
              <RecentList />
              <CheckLink />
            </>
          )}
        </div>
      </main>
    </div>
  );
}
