/** What somebody pasted or typed to get into a meeting. */
export type Invitation =
  | { kind: 'path'; path: string }
  | { kind: 'code'; code: string }
  | { kind: 'other-server'; host: string }
  | { kind: 'empty' }
  | { kind: 'unknown' };

/** Without the letters and digits that are easily confused; see base/ids. */
const codePattern = /^[2-9a-km-np-tv-z]{12}$/;

/** @param origin our own, for example `https://meet.example.org` */
export function readInvitation(input: string, origin: string): Invitation {
  const text = input.trim();
  if (text === '') return { kind: 'empty' };
  const code = text.toLowerCase().replace(/[\s\u2010-\u2015-]/g, '');
  if (codePattern.test(code))
    return { kind: 'code', code: `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}` };
  // People paste whole sentences: "Join here: https://…"
  const link =
    /https?:\/\/\S+/i.exec(text)?.[0] ?? (/^[\w.-]+(:\d+)?\/m\//.test(text) ? `https://${text}` : undefined);
  if (link === undefined) return text.startsWith('/m/') ? { kind: 'path', path: text } : { kind: 'unknown' };
  const url = URL.parse?.(link) ?? parse(link);
  if (!url?.pathname.startsWith('/m/')) return { kind: 'unknown' };
  if (url.host !== new URL(origin).host) return { kind: 'other-server', host: url.host };
  return { kind: 'path', path: url.pathname + url.hash };
}

function parse(link: string): URL | undefined {
  try {
    return new URL(link);
  } catch {
    return undefined;
  }
}
