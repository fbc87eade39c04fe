import { bareMediasoup } from './bare-mediasoup/bare-mediasoup.ts';
import { janus } from './janus/janus.ts';
import type { System } from './system.ts';

/** What Plenum can be compared with. A further one is a folder with a System, a name, and a client in `make-client.ts`. */
export const otherSystems: readonly System[] = [bareMediasoup, janus];
