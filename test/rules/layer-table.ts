/**
 * Which folder may import which: only from a lower line; folders on one line do not see each other.
 * `biome.json` repeats this for the editor; the rule in `layer-rule.ts` is what counts.
 */
export const layers: readonly (readonly string[])[] = [
  ['src/base'],
  ['src/protocol'],
  ['src/server/store', 'src/server/nat', 'src/server/cluster'],
  ['src/server/media', 'src/server/accounts'],
  ['src/server/rooms', 'src/server/messaging', 'src/server/provisioning'],
  ['src/server/remote-control'],
  ['src/server/signalling', 'src/server/http', 'src/server/metrics'],
  ['src/server'],
  ['src/client'],
  ['src/web', 'src/helper', 'bench'],
];

/** Folders that are not part of the running system: they may look at what they build, check or start; nobody imports them. */
export const tools: readonly string[] = ['src/native', 'src/setup', 'src/doctor'];

/** Client and server meet only in `base` and `protocol`: from these folders no import reaches into `src/server`. */
export const awayFromServer: readonly string[] = ['src/client', 'src/web', 'src/helper', 'bench'];

/** Folders that run in browsers too: Node's own modules do not exist there. */
export const browserSafe: readonly string[] = ['src/base', 'src/protocol', 'src/client', 'src/web'];

/** Packages (and built-in modules) with few importers: everybody else asks these. */
export const importers: readonly { module: string; allowed: readonly RegExp[] }[] = [
  { module: 'kysely', allowed: [/^src\/server\/store\//, /^src\/server\/[^/]+\/queries\.ts$/] },
  {
    module: 'mediasoup',
    allowed: [/^src\/server\/media\//, /^src\/native\//, /^bench\/versus\/bare-mediasoup\//],
  },
  { module: 'mediasoup-client', allowed: [/^src\/client\/engine\//] },
  // An end of WebRTC in Node: what looks from outside, never the server itself.
  { module: 'werift', allowed: [/^src\/doctor\//, /^bench\/engines\/relay-shim\.ts$/] },
  { module: 'node:process', allowed: [/^src\/server\/main\.ts$/, /^(?!src\/server\/)/] },
];

/** Generated code: only `src/protocol` knows it. */
export const generated: { folder: string; importer: string } = {
  folder: 'src/protocol/generated',
  importer: 'src/protocol',
};
