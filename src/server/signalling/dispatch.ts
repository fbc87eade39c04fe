import { Refusal } from '../../protocol/errors.ts';
import type { Answer, AnyRequest, Ask, RequestName } from '../../protocol/messages.ts';
import { type Right, rightsOf } from '../accounts/rights.ts';
import type { Check } from '../media/check/check.ts';
import { checkAsk } from './asks.ts';
import type { Context, Seat } from './context.ts';
import * as check from './handlers/check.ts';
import * as direct from './handlers/direct.ts';
import * as media from './handlers/media.ts';
import * as meeting from './handlers/meeting.ts';
import * as reception from './handlers/reception.ts';

type Result<N extends RequestName> = Answer<N> | Promise<Answer<N>>;

/**
 * One row per message: the state it needs, the right it needs (none: everybody in that state), who handles it, and a
 * line for the reference in src/protocol/README.md, which is generated from here.
 */
export type Row<N extends RequestName> =
  | {
      state: 'connected';
      right: 'none';
      does: string;
      handle: (ask: Ask<N>, context: Context) => Result<N>;
    }
  | {
      state: 'checking';
      right: 'none';
      does: string;
      handle: (ask: Ask<N>, context: Context, check: Check) => Result<N>;
    }
  | {
      state: 'joined';
      right: Right | 'none';
      does: string;
      handle: (ask: Ask<N>, context: Context, seat: Seat) => Result<N>;
    };

export const rows: { readonly [N in RequestName]: Row<N> } = {
  join: {
    state: 'connected',
    right: 'none',
    does: 'enters the meeting of a join token',
    handle: meeting.join,
  },
  leave: {
    state: 'joined',
    right: 'none',
    does: 'leaves; the server closes the connection after its answer',
    handle: meeting.leave,
  },
  setCapabilities: {
    state: 'joined',
    right: 'subscribe',
    does: 'tells what this client can receive',
    handle: media.setCapabilities,
  },
  createTransport: {
    state: 'joined',
    right: 'subscribe',
    does: 'makes a transport; replaces the earlier one of that direction',
    handle: media.createTransport,
  },
  connectTransport: {
    state: 'joined',
    right: 'subscribe',
    does: 'hands over the DTLS fingerprints of the client',
    handle: media.connectTransport,
  },
  restartIce: {
    state: 'joined',
    right: 'subscribe',
    does: 'gives new ICE credentials after a change of network',
    handle: media.restartIce,
  },
  produce: { state: 'joined', right: 'publish', does: 'publishes a source', handle: media.produce },
  closeProducer: { state: 'joined', right: 'publish', does: 'stops publishing', handle: media.closeProducer },
  pauseProducer: {
    state: 'joined',
    right: 'publish',
    does: 'mutes an own source',
    handle: media.pauseProducer,
  },
  resumeProducer: {
    state: 'joined',
    right: 'publish',
    does: 'unmutes an own source',
    handle: media.resumeProducer,
  },
  subscribe: {
    state: 'joined',
    right: 'subscribe',
    does: 'makes paused consumers of producers',
    handle: media.subscribe,
  },
  unsubscribe: { state: 'joined', right: 'subscribe', does: 'closes consumers', handle: media.unsubscribe },
  startConsumers: {
    state: 'joined',
    right: 'subscribe',
    does: 'lets consumers flow, once the receiver is ready',
    handle: media.startConsumers,
  },
  setViews: {
    state: 'joined',
    right: 'subscribe',
    does: 'tells which videos are on the screen and how large',
    handle: reception.setViews,
  },
  setDataCeiling: {
    state: 'joined',
    right: 'subscribe',
    does: 'limits what is spent in each direction',
    handle: reception.setDataCeiling,
  },
  reportReception: {
    state: 'joined',
    right: 'subscribe',
    does: 'tells how media arrives, once a second or less often',
    handle: reception.reportReception,
  },
  reportRoute: {
    state: 'joined',
    right: 'subscribe',
    does: 'tells how the packets travel, for the statistics of the deployment',
    handle: check.reportRoute,
  },
  startCheck: {
    state: 'connected',
    right: 'none',
    does: 'begins to try the ways to the media workers, instead of a meeting',
    handle: check.startCheck,
  },
  openCheckPath: {
    state: 'checking',
    right: 'none',
    does: 'makes a transport on a worker',
    handle: check.openCheckPath,
  },
  connectCheckPath: {
    state: 'checking',
    right: 'none',
    does: 'hands over the DTLS fingerprints of the client',
    handle: check.connectCheckPath,
  },
  echoCheckPath: {
    state: 'checking',
    right: 'none',
    does: 'has what is sent come back, once for each transport',
    handle: check.echoCheckPath,
  },
  measureCheckPath: {
    state: 'checking',
    right: 'none',
    does: 'counts what the worker has received and sent',
    handle: check.measureCheckPath,
  },
  closeCheckPath: {
    state: 'checking',
    right: 'none',
    does: 'closes a transport',
    handle: check.closeCheckPath,
  },
  setDirectMedia: {
    state: 'joined',
    right: 'subscribe',
    does: 'tells whether media may go directly to the other when two are alone',
    handle: direct.setDirectMedia,
  },
  sendDirectDescription: {
    state: 'joined',
    right: 'subscribe',
    does: 'hands the other one of a direct path an offer or answer',
    handle: direct.sendDirectDescription,
  },
  sendDirectCandidates: {
    state: 'joined',
    right: 'subscribe',
    does: 'hands the other one of a direct path ICE candidates',
    handle: direct.sendDirectCandidates,
  },
  reportDirectPath: {
    state: 'joined',
    right: 'subscribe',
    does: 'tells how far a direct path is',
    handle: direct.reportDirectPath,
  },
  muteParticipant: {
    state: 'joined',
    right: 'moderate',
    does: 'mutes a source of somebody, who alone can unmute it',
    handle: meeting.muteParticipant,
  },
  removeParticipant: {
    state: 'joined',
    right: 'moderate',
    does: 'sends somebody out',
    handle: meeting.removeParticipant,
  },
  endMeeting: {
    state: 'joined',
    right: 'end-meeting',
    does: 'ends the meeting for everybody and makes its links invalid',
    handle: meeting.endMeeting,
  },
};

/** @throws Refusal when state, right or content are not as the row wants them: then nothing has happened. */
export async function dispatch(request: AnyRequest, context: Context): Promise<Answer<RequestName>> {
  // The compiler cannot see that name and ask belong together once the name is a variable; AnyRequest guarantees it.
  const row = rows[request.name] as Row<RequestName>;
  const { seat, check } = context;
  const state = seat ? 'joined' : check ? 'checking' : 'connected';
  if (row.state !== state) throw new Refusal('wrong-state', request.name);
  if (row.right !== 'none' && seat && !rightsOf(seat.participant.role).has(row.right)) {
    throw new Refusal('not-allowed', row.right);
  }
  const checked = checkAsk(request.name, request.ask);
  if ('problem' in checked) throw new Refusal('bad-request', checked.problem);
  const ask = checked.ask as never;
  if (row.state === 'connected') return row.handle(ask, context);
  if (row.state === 'checking') return row.handle(ask, context, check as Check);
  // Checked above: a row of the state `joined` got here only with a seat.
  return row.handle(ask, context, seat as Seat);
}
