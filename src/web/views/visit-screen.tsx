import { useApp } from '../parts/app-context.ts';
import type { Visit } from '../state/visit.ts';
import { EndScreen } from './end/end-screen.tsx';
import { LobbyScreen } from './lobby/lobby-screen.tsx';
import { MeetingScreen } from './meeting/meeting-screen.tsx';

/** Whatever belongs to the meeting in the address bar: lobby, meeting, end. */
export function VisitScreen({ visit }: { visit: Visit }) {
  const app = useApp();
  const state = visit.state.value;
  switch (state.name) {
    case 'lobby':
    case 'joining':
      return <LobbyScreen visit={visit} joining={state.name === 'joining'} />;
    case 'meeting':
      return <MeetingScreen call={state.call} />;
    case 'ended':
      return <EndScreen code={state.code} detail={state.detail} onAgain={() => app.visitAgain()} />;
  }
}
