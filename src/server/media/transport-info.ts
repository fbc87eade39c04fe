import type { types } from 'mediasoup';
import type { TransportId, TransportInfo } from '../../protocol/messages.ts';
import { toldCandidates } from './ice-candidates.ts';
import type { MediaWorker } from './workers.ts';

/** What a client has to know of a transport to connect to it. */
export function transportInfo(
  transport: types.WebRtcTransport,
  { announced }: MediaWorker,
): Omit<TransportInfo, 'iceServers'> {
  return {
    transportId: transport.id as TransportId,
    iceParameters: { ...transport.iceParameters, iceLite: true },
    iceCandidates: toldCandidates(transport.iceCandidates, (local) => announced.of(local)),
    dtlsParameters: { role: 'auto', ...transport.dtlsParameters },
  };
}
