import type { PeerLink } from '../../engines/peer-link.ts';
import type { LocalEnd } from './janus-sdp.ts';

/**
 * What descriptions written by hand say of a connection. The library is told of one media line only and never sees them:
 * both agree on ICE, certificate and who begins, and packets need no more.
 */
export function localEnd(link: PeerLink): LocalEnd {
  const [fingerprint] = link.offer().fingerprints;
  return { ...link.iceParameters, fingerprint: fingerprint?.value ?? '' };
}
