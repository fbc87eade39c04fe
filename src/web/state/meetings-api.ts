/** Answer of `POST /api/meetings`. */
export interface CreatedMeeting {
  id: string;
  name: string;
  code: string;
  moderatorPath: string;
  invitationPath: string;
  viewerPath: string;
  /** ISO 8601 or epoch ms */
  expiresAt: string | number;
}

/** `code` is one of protocol/errors, or `network` when no answer came. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export class MeetingsApi {
  readonly #fetch: typeof fetch;

  constructor(fetcher: typeof fetch) {
    this.#fetch = fetcher;
  }

  /** @throws ApiError */
  create(name: string): Promise<CreatedMeeting> {
    return this.#post<CreatedMeeting>('/api/meetings', { name });
  }

  /**
   * The path of the meeting a code stands for.
   * @throws ApiError `not-found`, `too-many`, `network`, …
   */
  async pathForCode(code: string): Promise<string> {
    return (await this.#post<{ path: string }>('/api/meetings/by-code', { code })).path;
  }

  async #post<T>(path: string, body: unknown): Promise<T> {
    let response: Response;
    try {
      response = await this.#fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(15_000),
      });
    } catch (error) {
      throw new ApiError('network', String(error));
    }
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok && typeof answer === 'object' && answer !== null) return answer as T;
    const { code, message } = (answer ?? {}) as { code?: unknown; message?: unknown };
    // A proxy in between answers 429 or 502 with a page of its own.
    const fallback = response.status === 429 ? 'too-many' : 'internal';
    throw new ApiError(
      typeof code === 'string' ? code : fallback,
      typeof message === 'string' ? message : response.statusText,
    );
  }
}
