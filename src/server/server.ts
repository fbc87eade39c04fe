import { createHmac } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Clock } from '../base/clock.ts';
import { Lifecycle } from '../base/lifecycle.ts';
import type { Log } from '../base/log.ts';
import type { CloseReason } from '../protocol/errors.ts';
import { loadJoinTokenSecret, loadSecret } from './accounts/secret.ts';
import { JoinTokens } from './accounts/tokens.ts';
import type { Config } from './config.ts';
import { HttpService } from './http/service.ts';
import { Checks } from './media/check/checks.ts';
import { videoMimeTypes } from './media/codecs.ts';
import { Traffic } from './media/traffic.ts';
import { Workers } from './media/workers.ts';
import { MetricsService } from './metrics/service.ts';
import type { AnnouncedAddresses } from './nat/announced-addresses.ts';
import { IceServers, publicNamesFirst } from './nat/ice-servers.ts';
import { Nat } from './nat/nat.ts';
import {
  type MediaAddresses,
  machineAddresses,
  mediaAddresses,
  type NetworkInterfaces,
} from './nat/public-address.ts';
import { EmbeddedTurn } from './nat/turn/embedded-turn.ts';
import { mediaPeersOf } from './nat/turn/media-peers-of.ts';
import { portsToMap } from './ports-to-map.ts';
import { RoomDirectory } from './rooms/directory.ts';
import { RoomQueries } from './rooms/queries.ts';
import { RoomRegistry } from './rooms/registry.ts';
import { SignallingListener } from './signalling/listener.ts';
import { openDataDirectory } from './store/data-directory.ts';
import { Store } from './store/store.ts';

export interface ServerParts {
  config: Config;
  /** path of the mediasoup worker */
  workerBinary: string;
  /** the built web client; may be missing */
  webDirectory: string;
  hostName: string;
  versions: { plenum: string; node: string };
  interfaces: () => NetworkInterfaces;
  clock: Clock;
  log: Log;
}

const purgeIntervalMs = 60 * 60 * 1000;
/** How long the start waits for a router's word; what comes later is told to clients all the same. */
const routerPatienceMs = 2000;

/** A whole Plenum server: made from the bottom up, closed from the top down. */
export class Server {
  readonly http: HttpService;
  readonly workers: Workers;
  readonly rooms: RoomRegistry;
  readonly signalling: SignallingListener;
  readonly nat: Nat;
  /** undefined when switched off or its port is taken */
  readonly metricsPort: number | undefined;
  /** undefined when switched off */
  readonly turn: EmbeddedTurn | undefined;
  /** What cannot be reached and why, in words. */
  readonly notes: readonly string[];
  readonly #lifecycle: Lifecycle<CloseReason>;

  /** @throws Error with a text for people when something essential does not work; nothing is left running then */
  static async create(parts: ServerParts): Promise<Server> {
    const closers: ((reason: CloseReason) => unknown)[] = [];
    try {
      return await build(parts, closers);
    } catch (error) {
      await closeAll(closers, 'internal', parts.log);
      throw error;
    }
  }

  constructor(
    made: Pick<
      Server,
      'http' | 'workers' | 'rooms' | 'signalling' | 'nat' | 'metricsPort' | 'turn' | 'notes'
    >,
    close: (reason: CloseReason) => Promise<void>,
  ) {
    this.http = made.http;
    this.workers = made.workers;
    this.rooms = made.rooms;
    this.signalling = made.signalling;
    this.nat = made.nat;
    this.metricsPort = made.metricsPort;
    this.turn = made.turn;
    this.notes = made.notes;
    this.#lifecycle = new Lifecycle(close);
  }

  /** Everybody is told the reason; then all ports are free. */
  close(reason: CloseReason): Promise<void> {
    return this.#lifecycle.close(reason);
  }
}

async function build(parts: ServerParts, closers: ((reason: CloseReason) => unknown)[]): Promise<Server> {
  const { config, clock, log } = parts;
  const dataDirectory = openDataDirectory(config.dataDir);
  const store = await Store.open(dataDirectory, clock.now());
  closers.push(() => store.close());
  const secret = loadJoinTokenSecret(config.accounts, dataDirectory);
  const tokens = new JoinTokens({ secret, clock });
  const directory = new RoomDirectory({ queries: new RoomQueries(store.db), settings: config.rooms, clock });
  await directory.purgeExpired();
  closers.push(clock.every(purgeIntervalMs, () => purge(directory, log)));

  const media = mediaAddresses(config.media, parts.interfaces());
  const nat = new Nat({
    settings: config.nat,
    media,
    announcedAddresses: config.media.announcedAddresses,
    ports: (localAddress) => portsToMap(config, media, localAddress),
    key: createHmac('sha256', secret).update('port mapping').digest(),
    clock,
    log,
  });
  closers.push(() => nat.close());
  // Meanwhile the router is asked.
  const natKnown = nat.start();
  const workers = await startWorkers(parts, media.addresses, nat.announced);
  closers.push(() => workers.close());
  const traffic = new Traffic();
  const rooms = new RoomRegistry({
    settings: config.rooms,
    mediaSettings: config.media,
    workers,
    traffic,
    records: directory,
    tokens,
    clock,
    invitationPath: (record) =>
      tokens.path({ roomId: record.id, role: 'participant', expiresAt: record.expiresAt }),
    log,
  });
  closers.push((reason) => rooms.close(reason));
  nat.announced.events.on('changed', () => {
    log.info({ media: nat.told }, 'media is reached at other addresses');
    rooms.addressesChanged();
  });

  const turnSecret = loadSecret(
    { value: config.turn.secret, file: config.turn.secretFile, key: 'turn.secret', name: 'turn-secret' },
    dataDirectory,
  );
  const turn = await startTurn(parts, turnSecret, workers, media.addresses, nat.announced, closers);

  const http = await HttpService.create({
    ...(turn ? { stunConnection: (socket) => turn.accept(socket) } : {}),
    settings: config.http,
    dataDirectory,
    webDirectory: parts.webDirectory,
    names: [...config.http.tls.names, ...config.media.announcedAddresses],
    hostName: parts.hostName,
    addresses: () => machineAddresses(parts.interfaces()),
    directory,
    tokens,
    readiness: async () => ({
      store: await store.isReady(),
      workers: workers.all.some((worker) => worker.isAlive),
    }),
    clock,
    log,
  });
  closers.push(() => http.close());
  const checks = new Checks({ settings: config.media, workers, clock, log });
  const publicNames = () =>
    publicNamesFirst([...config.http.tls.names, ...media.names, ...nat.told.map(({ address }) => address)]);
  const iceServers = new IceServers({
    settings: config.turn,
    secret: turnSecret,
    turn,
    publicNames,
    clock,
  });
  const signalling = new SignallingListener({
    settings: config.signalling,
    rooms,
    checks,
    senderSettings: { videoCodecs: videoMimeTypes(config.media.videoCodecs) },
    clientOf: (request) => http.clientOf(request),
    iceServers: (request) => {
      const arrival = http.arrivalOf(request);
      return (id, lifetimeMs) => iceServers.for(arrival, id, lifetimeMs);
    },
    clock,
    log,
  });
  signalling.attach(http.secureServer);
  if (http.loopbackServer) signalling.attach(http.loopbackServer);

  const metrics = new MetricsService({
    settings: config.metrics,
    workers,
    traffic,
    rooms,
    checks,
    signalling,
    http,
    turn,
    nat,
    dataDirectory,
    versions: parts.versions,
    log,
  });
  closers.push(() => metrics.close());
  // Last in, first out: everybody is told before anything else goes away.
  closers.push((reason) => signalling.close(reason));
  const listening = [...(turn?.notes ?? []), ...(await http.listen()), ...(await metrics.listen())];
  await knownSoon(natKnown, clock);
  const notes = [...media.notes, ...listening, ...natNotes(nat, media)];
  const { port: metricsPort } = metrics;
  return new Server({ http, workers, rooms, signalling, nat, metricsPort, turn, notes }, (reason) =>
    closeAll(closers, reason, log),
  );
}

async function knownSoon(known: Promise<void>, clock: Clock): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const stop = clock.after(routerPatienceMs, resolve);
  await Promise.race([known, late]);
  stop();
}

/** While the router is still being asked, nothing is complained about. */
function natNotes(nat: Nat, media: MediaAddresses): string[] {
  if (nat.portMapping.state.name === 'searching')
    return ['Port mapping: the router has not answered yet. The log tells what comes of it.'];
  if (!media.isPrivate || nat.announced.all.length > 0 || nat.notes.length > 0) return nat.notes;
  return [
    'Media from the internet: this machine has private addresses only. Forward the media ports and set media.announcedAddresses to the public address.',
  ];
}

async function startWorkers(
  parts: ServerParts,
  listenAddresses: { ip: string; announcedAddress?: string }[],
  announced: AnnouncedAddresses,
): Promise<Workers> {
  const { config, workerBinary, clock, log } = parts;
  try {
    const settings = config.media;
    return await Workers.create({ settings, listenAddresses, announced, workerBinary, clock, log });
  } catch (error) {
    const { firstPort, workers } = config.media;
    const last = firstPort + (workers || availableParallelism()) - 1;
    const why = error instanceof Error ? error.message : String(error);
    const where = listenAddresses.map(({ ip }) => ip).join(', ');
    throw new Error(
      `The media workers did not start: ${why}. They need the UDP and TCP ports ${firstPort} to ${last} on ${where}. ` +
        'If another program has them, change media.firstPort or set PLENUM_MEDIA_FIRST_PORT; for other addresses, media.listenAddresses.',
      { cause: error },
    );
  }
}

/** @returns undefined when it is switched off */
async function startTurn(
  { config, clock, log }: ServerParts,
  secret: Uint8Array,
  workers: Workers,
  addresses: readonly { ip: string; announcedAddress?: string }[],
  announced: AnnouncedAddresses,
  closers: ((reason: CloseReason) => unknown)[],
): Promise<EmbeddedTurn | undefined> {
  if (!config.turn.enabled) return undefined;
  const { listenAddresses } = config.turn;
  const turn = await EmbeddedTurn.start({
    settings: config.turn,
    secret,
    listenAddresses: listenAddresses.length > 0 ? listenAddresses : addresses.map(({ ip }) => ip),
    peers: () => {
      const ports = workers.all.flatMap(({ udpPorts }) => udpPorts);
      return mediaPeersOf({ addresses, ports }, announced);
    },
    clock,
    log,
  });
  closers.push(() => turn.close());
  for (const event of ['started', 'lost'] as const) workers.events.on(event, () => turn.refreshPeers());
  announced.events.on('changed', () => turn.refreshPeers());
  return turn;
}

function purge(directory: RoomDirectory, log: Log): void {
  directory.purgeExpired().then(
    (rooms) => {
      if (rooms > 0) log.info({ rooms }, 'expired meetings forgotten');
    },
    (error: unknown) => log.error({ error }, 'expired meetings could not be forgotten'),
  );
}

async function closeAll(
  closers: ((reason: CloseReason) => unknown)[],
  reason: CloseReason,
  log: Log,
): Promise<void> {
  for (const close of closers.splice(0).reverse()) {
    try {
      await close(reason);
    } catch (error) {
      // The rest must still be closed.
      log.error({ error }, 'closing failed');
    }
  }
}
