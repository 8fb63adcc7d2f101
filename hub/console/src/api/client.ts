import type { FloorCounts } from '../../../src/api/floorCountSchemas.ts';
import type {
  ErasureBody,
  ErasureReceipt,
  HoldBody,
  HoldList,
  HoldView,
  LookList,
  PolicyList,
  PrivacyState,
  ReleaseBody,
} from '../../../src/api/privacySchemas.ts';
import type { ReidentificationTrend } from '../../../src/api/reidentificationSchema.ts';
import type {
  AcknowledgeBody,
  AlertList,
  AlertView,
  ApiError,
  CameraList,
  CameraRates,
  CloseBody,
  Evidence,
  FloorList,
  Presence,
  ReopenBody,
  Session,
  SignInWays,
} from '../../../src/api/schemas.ts';

/** As many as the hub gives at once. */
export const ALERTS_A_PAGE = 200;
export const LOOKS_A_PAGE = 200;

export type AlertFilter = 'open' | 'acknowledged' | 'closed' | 'all';

/** What went wrong and what to do about it, in sentences for the person in front of the screen. */
export class ApiProblem extends Error {
  /** The HTTP status; 0 where no answer came. */
  readonly status: number;
  readonly remedy: string;
  constructor(status: number, message: string, remedy: string) {
    super(message);
    this.status = status;
    this.remedy = remedy;
  }
}

export interface Api {
  session(): Promise<Session>;
  signInWays(): Promise<SignInWays>;
  signIn(token: string): Promise<Session>;
  signOut(): Promise<void>;
  floors(): Promise<FloorList>;
  /** A page of them, the newest first. @param beforeMs only those raised before it: the next page. */
  alerts(filter: AlertFilter, signal?: AbortSignal, beforeMs?: number): Promise<AlertList>;
  /** @param purpose why it is looked at, for a role that may only with a reason. */
  alert(id: string, signal?: AbortSignal, purpose?: string): Promise<AlertView>;
  evidence(id: string, signal?: AbortSignal, purpose?: string): Promise<Evidence>;
  acknowledge(id: string, body: AcknowledgeBody): Promise<AlertView>;
  close(id: string, body: CloseBody): Promise<AlertView>;
  reopen(id: string, body: ReopenBody): Promise<AlertView>;
  cameras(): Promise<CameraList>;
  cameraRates(): Promise<CameraRates>;
  presence(floor: string): Promise<Presence>;
  floorCounts(floor: string): Promise<FloorCounts>;
  privacy(): Promise<PrivacyState>;
  policies(): Promise<PolicyList>;
  /** The newest first; of one alert or one person where these are named. @param before the number of the last one of the page before. */
  looks(of?: { readonly subject?: string; readonly actor?: string; readonly before?: number }): Promise<LookList>;
  holds(): Promise<HoldList>;
  reidentification(): Promise<ReidentificationTrend>;
  hold(body: HoldBody): Promise<HoldView>;
  release(id: string, body: ReleaseBody): Promise<HoldView>;
  erase(body: ErasureBody): Promise<ErasureReceipt>;
}

const NO_ANSWER = 'Check that the hub is running and that this machine reaches it. Nothing you typed is lost.';

/** What to do where nobody has said it. */
function remedyFor(status: number): string {
  if (status === 429) return 'Wait a minute, then try again.';
  return status >= 500 ? 'Try again. If it stays, the hub’s log says why.' : 'Load the page again.';
}

/** The hub's own words say what to do as well; not every answer on the way (a proxy's, for one) has any. */
async function problemOf(response: Response, path: string): Promise<ApiProblem> {
  const { status } = response;
  try {
    const { message } = (await response.json()) as Partial<ApiError>;
    if (typeof message === 'string' && message !== '') {
      const overtaken = status === 409 && path.startsWith('/alerts/');
      return new ApiProblem(status, message, overtaken ? 'Somebody else was faster. Look at the history.' : '');
    }
  } catch {
    // No JSON: the status says enough.
  }
  return new ApiProblem(status, `The hub answered ${status}.`, remedyFor(status));
}

export interface ApiListener {
  /** The session has ended. */
  unauthorised(): void;
  /** The hub's clock, to the second. */
  clock(hubMs: number): void;
}

/** The hub's HTTP interface. The session travels in a cookie that scripts cannot read. */
export function createApi(listener: ApiListener): Api {
  async function call<T>(path: string, init: RequestInit = {}): Promise<T> {
    let response: Response;
    try {
      response = await fetch(`/api${path}`, { credentials: 'same-origin', cache: 'no-store', ...init });
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      throw new ApiProblem(0, 'The hub does not answer.', NO_ANSWER);
    }
    const date = Date.parse(response.headers.get('date') ?? '');
    if (Number.isFinite(date)) listener.clock(date);
    if (response.status === 401 && path !== '/session') listener.unauthorised();
    if (!response.ok) throw await problemOf(response, path);
    if (response.status === 204) return undefined as T;
    return (await response.json()) as T;
  }
  const post = <T>(path: string, body: unknown): Promise<T> =>
    call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const get = <T>(path: string, signal?: AbortSignal, purpose?: string): Promise<T> =>
    call(path, {
      ...(signal ? { signal } : {}),
      // As RFC 8187 has it: a header carries plain ASCII alone.
      ...(purpose === undefined ? {} : { headers: { 'x-purpose': `UTF-8''${encodeURIComponent(purpose)}` } }),
    });
  const alertPath = (id: string) => `/alerts/${encodeURIComponent(id)}`;

  return {
    session: () => get('/session'),
    signInWays: () => get('/sign-in'),
    signIn: (token) => post('/session', { token }),
    signOut: () => call('/session', { method: 'DELETE' }),
    floors: () => get('/floors'),
    alerts: (filter, signal, beforeMs) =>
      get(
        `/alerts?state=${filter}&limit=${ALERTS_A_PAGE}${beforeMs === undefined ? '' : `&before=${beforeMs}`}`,
        signal,
      ),
    alert: (id, signal, purpose) => get(alertPath(id), signal, purpose),
    evidence: (id, signal, purpose) => get(`${alertPath(id)}/evidence`, signal, purpose),
    acknowledge: (id, body) => post(`${alertPath(id)}/acknowledge`, body),
    close: (id, body) => post(`${alertPath(id)}/close`, body),
    reopen: (id, body) => post(`${alertPath(id)}/reopen`, body),
    cameras: () => get('/cameras'),
    cameraRates: () => get('/cameras/rates'),
    privacy: () => get('/privacy'),
    policies: () => get('/privacy/policies'),
    looks: (of = {}) => {
      const query = new URLSearchParams(Object.entries(of).map(([name, value]) => [name, String(value)]));
      return get(`/privacy/looks${query.size > 0 ? `?${query}` : ''}`);
    },
    holds: () => get('/privacy/holds'),
    reidentification: () => get('/privacy/reidentification?limit=90'),
    hold: (body) => post('/privacy/holds', body),
    release: (id, body) => post(`/privacy/holds/${encodeURIComponent(id)}/release`, body),
    erase: (body) => post('/privacy/erasures', body),
    floorCounts: (floor) => get(`/floors/${encodeURIComponent(floor)}/counts`),
    presence: (floor) => get(`/floors/${encodeURIComponent(floor)}/presence`),
  };
}

/** @returns a problem to show; null where the request was given up on purpose. */
export function asProblem(cause: unknown): ApiProblem | null {
  if (cause instanceof ApiProblem) return cause;
  if (cause instanceof DOMException && cause.name === 'AbortError') return null;
  return new ApiProblem(0, 'The answer of the hub could not be read.', 'Load the page again.');
}
