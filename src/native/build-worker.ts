import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, freemem } from 'node:os';
import { join } from 'node:path';
import { buildLibsrtp } from './libsrtp.ts';
import { runCommand } from './run-command.ts';

/** What the recipe needs on Debian and Ubuntu, for building only: the finished binary needs libssl3. */
export const buildPackages: readonly string[] = [
  'cmake',
  'ninja-build',
  'g++',
  'pkg-config',
  'libssl-dev',
  'libuv1-dev',
  'libabsl-dev',
  'libflatbuffers-dev',
  'flatbuffers-compiler',
];

const recipe = join(import.meta.dirname, 'recipe');
// The compiler takes up to this much for the largest files.
const bytesPerJob = 700 * 1024 * 1024;

/**
 * Builds the worker from the npm package's sources.
 *
 * @param mediasoup the installed package's directory
 * @param workspace kept when the build is interrupted, so that the next one goes on where this one stopped
 * @param systemSrtp called when libsrtp cannot be built from its source; must see to it that the system's is installed
 * @returns the binary's path, inside the workspace
 */
export async function buildWorker(
  mediasoup: string,
  workspace: string,
  systemSrtp: (why: Error) => Promise<void>,
): Promise<string> {
  await mkdir(workspace, { recursive: true });
  const source = await copySources(join(mediasoup, 'worker'), workspace);
  const srtp = await buildLibsrtp(workspace).catch(async (error: unknown) => {
    await systemSrtp(error instanceof Error ? error : new Error(String(error)));
    return '';
  });
  const build = join(workspace, 'build');
  await runCommand('cmake', [
    '-G',
    'Ninja',
    '-S',
    join(source, 'recipe'),
    '-B',
    build,
    `-DWORKER_SOURCE=${source}`,
    `-DSRTP_ROOT=${srtp}`,
  ]);
  const jobs = Math.max(1, Math.min(availableParallelism(), Math.floor(freemem() / bytesPerJob)));
  await runCommand('ninja', ['-C', build, '-j', String(jobs)]);
  return join(build, 'mediasoup-worker');
}

async function copySources(from: string, workspace: string): Promise<string> {
  const source = join(workspace, 'source');
  const complete = join(workspace, 'source.complete');
  if (existsSync(complete)) return source;
  await rm(source, { recursive: true, force: true });
  for (const part of ['src', 'include', 'fbs', 'deps']) {
    await cp(join(from, part), join(source, part), { recursive: true, preserveTimestamps: true });
  }
  // CMake remembers where its recipe lies, and another checkout may go on with this build.
  await cp(recipe, join(source, 'recipe'), { recursive: true, preserveTimestamps: true });
  const dtlsTransport = join(source, 'src', 'RTC', 'DtlsTransport.cpp');
  await repairBioCallback(dtlsTransport);
  await restrictSrtpSuites(dtlsTransport);
  await separateProbation(source);
  await giveBackMemory(join(source, 'src', 'Worker.cpp'));
  await writeFile(complete, '');
  return source;
}

/**
 * OpenSSL combines BIO_CB_RETURN with the operation (BIO_set_callback_ex(3)), but the worker compares for equality, and so
 * answers 1 to every control call. An OpenSSL that is built with kernel TLS, as Debian's is, then believes that kernel TLS
 * is active on the memory BIO, and the worker dies at the first DTLS ClientHello.
 */
async function repairBioCallback(file: string): Promise<void> {
  await replaceOnce(file, '(operationType == BIO_CB_RETURN)', '((operationType & BIO_CB_RETURN) != 0)');
}

/**
 * All transports of a worker write their bandwidth probes into one buffer, and the sequence number lives in it: with each
 * new transport that of all others jumps to a random place. Half of the jumps are backwards, SRTP's replay protection then
 * refuses every probe of those transports, and an estimate that has fallen never rises again.
 */
async function separateProbation(source: string): Promise<void> {
  const name = join('RTC', 'RTP', 'ProbationGenerator');
  const member = 'std::unique_ptr<RTP::Packet> probationPacket;';
  await replaceOnce(
    join(source, 'include', `${name}.hpp`),
    member,
    `uint8_t probationPacketBuffer[ProbationPacketMaxLength]{};\n\t\t\t${member}`,
  );
  await replaceOnce(
    join(source, 'src', `${name}.cpp`),
    'RTP::Packet::Factory(ProbationPacketBuffer, sizeof(ProbationPacketBuffer))',
    'RTP::Packet::Factory(this->probationPacketBuffer, sizeof(this->probationPacketBuffer))',
  );
}

/**
 * glibc keeps what a large room has used, although next to nothing of it is in use any more: whoever looks at the machine
 * afterwards takes that for a leak. When a room ends the worker gives it back: always when it was the last, else at most
 * once a minute, because looking through a busy worker's memory takes some milliseconds.
 */
async function giveBackMemory(file: string): Promise<void> {
  await replaceOnce(
    file,
    'delete router;\n\n\t\t\tMS_DEBUG_DEV("Router closed',
    `delete router;

#ifdef __GLIBC__
			static auto trimmedAt = std::chrono::steady_clock::time_point{};
			const auto now        = std::chrono::steady_clock::now();

			if (this->mapRouters.empty() || now - trimmedAt > std::chrono::minutes(1))
			{
				malloc_trim(0);
				trimmedAt = now;
			}
#endif

			MS_DEBUG_DEV("Router closed`,
  );
  await replaceOnce(
    file,
    '#include "Worker.hpp"',
    '#include "Worker.hpp"\n#include <chrono>\n#include <malloc.h>',
  );
}

/**
 * The worker offers a fixed list of SRTP suites. This one keeps those named in PLENUM_WORKER_SRTP_SUITES (colons between
 * them), in that order; without the variable, all. media.srtpSuites of the configuration becomes that variable.
 */
async function restrictSrtpSuites(file: string): Promise<void> {
  const list = 'const std::vector<DtlsTransport::SrtpCryptoSuiteMapEntry> DtlsTransport::SrtpCryptoSuites =';
  // In the initializer of a static member: the entry type is private to the class.
  const filter = `${list} [](const std::vector<DtlsTransport::SrtpCryptoSuiteMapEntry>& all)
	{
		const char* wanted = std::getenv("PLENUM_WORKER_SRTP_SUITES");
		if (wanted == nullptr || *wanted == '\\0')
		{
			return all;
		}
		std::vector<DtlsTransport::SrtpCryptoSuiteMapEntry> kept;
		std::stringstream names(wanted);
		std::string name;
		while (std::getline(names, name, ':'))
		{
			for (const auto& entry : all)
			{
				if (name == entry.name)
				{
					kept.push_back(entry);
				}
			}
		}
		return kept;
	}(`;
  await replaceOnce(file, list, filter);
  const end = '"SRTP_AES128_CM_SHA1_32" }\n\t};';
  await replaceOnce(file, end, end.replace('};', '});'));
  await replaceOnce(
    file,
    '#include "RTC/DtlsTransport.hpp"',
    '#include "RTC/DtlsTransport.hpp"\n#include <cstdlib>\n#include <sstream>',
  );
}

async function replaceOnce(file: string, wrong: string, right: string): Promise<void> {
  const parts = (await readFile(file, 'utf8')).split(wrong);
  if (parts.length !== 2) {
    throw new Error(
      `${file}: expected "${wrong}" once, found it ${parts.length - 1} times; the recipe does not fit this mediasoup version`,
    );
  }
  await writeFile(file, parts.join(right));
}
