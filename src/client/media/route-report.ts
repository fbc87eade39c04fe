import type { RouteReport } from '../../protocol/messages.ts';
import type { TransportRoute } from '../engine/engine.ts';

const types = ['host', 'srflx', 'prflx', 'relay'] as const;
const relayProtocols = ['udp', 'tcp', 'tls'] as const;

/** What the deployment is told of a route; undefined where the engine does not know. Addresses stay here. */
export function routeReportOf({
  localType,
  protocol,
  relayProtocol,
}: TransportRoute): RouteReport | undefined {
  const candidateType = types.find((type) => type === localType);
  if (!candidateType) return undefined;
  if (candidateType !== 'relay') return { candidateType, protocol };
  return { candidateType, protocol: relayProtocols.find((each) => each === relayProtocol) ?? protocol };
}
