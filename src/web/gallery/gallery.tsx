import { render } from 'preact';
import type { VerdictCode } from '../../client/doctor/verdict.ts';
import { MeetingError, type QualityReason, type Role } from '../../client/index.ts';
import { App } from '../app.tsx';
import { AppState } from '../state/app-state.ts';
import { MadeUpMeeting } from './made-up-meeting.ts';
import { paintedCamera } from './painted-picture.ts';
import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/controls.css';
import '../styles/parts.css';

/**
 * The web client with made-up people instead of a server. The query says which:
 * people=9 · role=moderator|participant|viewer · share · reconnecting · refuse=<error code> · painted (our own camera too)
 * network=<verdict of the lobby's look> · held (videos that do not come) · lines (not everybody well connected) · own=<what is wrong with our line> · save-data
 */
const query = new URLSearchParams(location.search);
const scene = {
  people: Number(query.get('people') ?? 3),
  role: (query.get('role') ?? 'moderator') as Role,
  sharing: query.has('share'),
  reconnecting: query.has('reconnecting'),
  held: query.has('held'),
  mixedLines: query.has('lines'),
  own: (query.get('own') ?? undefined) as QualityReason | undefined,
};
const refuse = query.get('refuse');
const network = (query.get('network') ?? 'good') as VerdictCode;

if (query.has('painted')) {
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const silence = new AudioContext().createMediaStreamDestination().stream.getAudioTracks();
    return new MediaStream([...(wanted?.video ? [paintedCamera(3)] : []), ...(wanted?.audio ? silence : [])]);
  };
}

if (query.has('save-data')) {
  Object.defineProperty(navigator, 'connection', { value: { saveData: true } });
}

window.fetch = async () =>
  Response.json({
    id: 'r',
    name: 'Planungsrunde Frühjahr',
    code: 'abcd-efgh-ijkm',
    moderatorPath: '/m/r#moderator-token',
    invitationPath: '/m/r#invitation-token',
    viewerPath: '/m/r#viewer-token',
    expiresAt: Date.now() + 30 * 86_400_000,
    path: '/m/r#invitation-token',
  });

const loadSdk = async () => ({
  joinMeeting: async ({ displayName }: { displayName: string }) => {
    if (refuse) throw new MeetingError(refuse as MeetingError['code']);
    return new MadeUpMeeting(displayName, scene);
  },
});
const state = new AppState(window, loadSdk, async () => network);
render(<App state={state} />, document.body);
