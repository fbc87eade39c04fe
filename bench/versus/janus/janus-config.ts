import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

export const janusProgram = '/usr/bin/janus';
/** Where Debian puts libraries, by architecture. */
const libraries = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/janus`;
export const janusRoom = 1;

export interface JanusConfigParts {
  /** Of signalling, on 127.0.0.1. */
  port: number;
  /** Where media goes: an address of this machine that is not loopback, which Janus leaves out. */
  mediaAddress: string;
}

/**
 * Writes a folder of its own for one run: nothing of /etc/janus is read, and nothing runs but the videoroom and its
 * WebSockets. Everything else is as Janus has it by default.
 * @returns the main file
 */
export async function writeJanusConfig(directory: string, parts: JanusConfigParts): Promise<string> {
  const at = (name: string) => join(directory, name);
  const folders = ['plugins', 'transports', 'events', 'loggers'];
  await Promise.all(folders.map((name) => mkdir(at(name))));
  await symlink(`${libraries}/plugins/libjanus_videoroom.so`, at('plugins/libjanus_videoroom.so'));
  await symlink(`${libraries}/transports/libjanus_websockets.so`, at('transports/libjanus_websockets.so'));
  const main = at('janus.jcfg');
  await Promise.all([
    writeFile(main, mainFile(directory, parts.mediaAddress)),
    writeFile(at('janus.transport.websockets.jcfg'), signallingFile(parts.port)),
    writeFile(at('janus.plugin.videoroom.jcfg'), roomFile),
  ]);
  return main;
}

function mainFile(directory: string, mediaAddress: string): string {
  return `general: {
  configs_folder = "${directory}"
  plugins_folder = "${directory}/plugins"
  transports_folder = "${directory}/transports"
  events_folder = "${directory}/events"
  loggers_folder = "${directory}/loggers"
  log_to_stdout = false
  log_to_file = "${directory}/janus.log"
  debug_level = 3
}
media: {
  ipv6 = false
  rtp_port_range = "40000-49999"
}
nat: {
  ice_lite = true
  ice_tcp = false
  ice_enforce_list = "${mediaAddress}"
}
`;
}

function signallingFile(port: number): string {
  return `general: {
  json = "compact"
  ws = true
  ws_port = ${port}
  ws_ip = "127.0.0.1"
  wss = false
}
admin: {
  admin_ws = false
  admin_wss = false
}
`;
}

const roomFile = `room-${janusRoom}: {
  description = "Bench"
  publishers = 10000
  bitrate = 0
  fir_freq = 0
  audiocodec = "opus"
  videocodec = "vp8"
  record = false
}
`;
