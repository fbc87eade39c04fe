import WebSocket from 'ws';

const answerLimitMs = 20_000;

/** What a Node process holds right after a full garbage collection. */
export interface HeapReading {
  /** octets that are reachable */
  heapOctets: number;
  /** Node's list of what keeps a process alive (timers, sockets, pipes …), how many of each */
  resources: Record<string, number>;
}

interface Answer {
  id?: number;
  result?: { usedSize?: number; result?: { value?: unknown } };
  error?: { message: string };
}

/**
 * Looks into a server through Node's own debugger port: the product needs no code for it, and nothing is attached while it
 * is being measured.
 * @param url ws: address that Node prints when it is started with --inspect
 * @throws Error when nobody answers
 */
export async function readHeap(url: string): Promise<HeapReading> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => undefined);
  const timer = setTimeout(
    () => reject(new Error('the server did not answer its debugger port')),
    answerLimitMs,
  );
  const waiting = new Map<number, (answer: Answer) => void>();
  socket.on('error', reject);
  socket.on('message', (data: Buffer) => {
    const answer = JSON.parse(data.toString()) as Answer;
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
  });
  let nextId = 1;
  const ask = (method: string, params: object = {}): Promise<Answer> => {
    const id = nextId++;
    const answer = new Promise<Answer>((resolve) => waiting.set(id, resolve));
    socket.send(JSON.stringify({ id, method, params }));
    return Promise.race([answer, failed]);
  };
  try {
    await Promise.race([new Promise((resolve) => socket.once('open', resolve)), failed]);
    // Twice: what finalizers let go in the first is collected in the second.
    await ask('HeapProfiler.collectGarbage');
    await ask('HeapProfiler.collectGarbage');
    const { result: usage } = await ask('Runtime.getHeapUsage');
    const { result: evaluated } = await ask('Runtime.evaluate', {
      expression: 'process.getActiveResourcesInfo()',
      returnByValue: true,
    });
    const resources: Record<string, number> = {};
    const names = evaluated?.result?.value;
    for (const name of Array.isArray(names) ? names : [])
      resources[String(name)] = (resources[String(name)] ?? 0) + 1;
    return { heapOctets: usage?.usedSize ?? 0, resources };
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}
