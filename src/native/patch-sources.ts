import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What our own build changes in the worker, on a copy of its sources: two defects, the choice of SRTP suites, and memory.
 * README.md says what the official binary lacks for want of it.
 */
export async function patchSources(source: string): Promise<void> {
  const dtlsTransport = join(source, 'src', 'RTC', 'DtlsTransport.cpp');
  await repairBioCallback(dtlsTransport);
  await restrictSrtpSuites(dtlsTransport);
  await releaseDtlsBuffers(dtlsTransport);
  await separateProbation(source);
  await giveBackMemory(join(source, 'src', 'Worker.cpp'));
  await narrowCounters(source);
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

/**
 * OpenSSL keeps a buffer of 16 KiB for reading and one for writing with each connection, and each participant has two
 * connections. After the handshake a connection is silent until it ends.
 */
async function releaseDtlsBuffers(file: string): Promise<void> {
  await replaceOnce(
    file,
    '\t\t// Must call SSL_read() to process received DTLS data.\n',
    `\t\tSSL_alloc_buffers(this->ssl);

		const auto release = [](DtlsTransport* transport)
		{
			if (transport->state == DtlsState::CONNECTED)
			{
				SSL_free_buffers(transport->ssl);
			}
		};
		const std::unique_ptr<DtlsTransport, decltype(release)> releaseAtReturn(this, release);

		// Must call SSL_read() to process received DTLS data.
`,
  );
  for (const use of [
    '\t\t\t// Send close alert to the peer.\n',
    "\t\t// we'll have our onSslBioOut() callback called to deliver it.\n",
    '\t\tconst int written = SSL_write(',
  ])
    await replaceOnce(file, use, `\t\tSSL_alloc_buffers(this->ssl);\n${use}`);
}

/** Two things that each consumer has: octets in 25 ms fit into 32 bits, and an empty vector takes nothing, an empty deque 576 octets. */
async function narrowCounters(source: string): Promise<void> {
  await replaceOnce(
    join(source, 'include', 'RTC', 'RateCalculator.hpp'),
    'std::vector<size_t> buffer;',
    'std::vector<uint32_t> buffer;',
  );
  const codecs = join(source, 'include', 'RTC', 'RTP', 'Codecs', 'PayloadDescriptorHandler.hpp');
  await replaceOnce(
    codecs,
    'std::deque<std::pair<uint16_t, int16_t>> layerChanges;',
    'std::vector<std::pair<uint16_t, int16_t>> layerChanges;',
  );
  await replaceOnce(codecs, '#include <deque>', '#include <vector>');
  await replaceOnce(
    codecs,
    'for (const auto& it : this->layerChanges)\n\t\t\t\t\t{\n\t\t\t\t\t\t// Layers',
    'size_t past{ 0 };\n\n\t\t\t\t\tfor (const auto& it : this->layerChanges)\n\t\t\t\t\t{\n\t\t\t\t\t\t// Layers',
  );
  await replaceOnce(codecs, 'this->layerChanges.pop_front();', '++past;');
  const added = 'this->layerChanges.emplace_back(pictureId, layer);';
  await replaceOnce(
    codecs,
    added,
    `this->layerChanges.erase(this->layerChanges.begin(), this->layerChanges.begin() + past);\n\t\t\t\t\t${added}`,
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
