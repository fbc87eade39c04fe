import type { types } from 'mediasoup';
import type { TransportId, TransportInfo } from '../../protocol/messages.ts';

/** What a client has to know of a transport to connect to it. */
export function transportInfo(transport: types.WebRtcTransport): Omit<TransportInfo, 'iceServers'> {
  return {
    transportId: transport.id as TransportId,
    iceParameters: { ...transport.iceParameters, iceLite: true },
    iceCandidates: transport.iceCandidates.map(
      ({ address, foundation, priority, protocol, port, tcpType }) => ({
        address,
        foundation,
        priority,
        protocol,
        port,
        type: 'host',
        ...(tcpType ? { tcpType } : {}),
      }),
    ),
    dtlsParameters: { role: 'auto', ...transport.dtlsParameters },
  };
}
