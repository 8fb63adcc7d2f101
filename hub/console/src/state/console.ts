/** Everything the screens share, made once and handed down. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Permission } from '../../../src/access/permissions.ts';
import type { AlertSummary, CameraView, FloorList, Session } from '../../../src/api/schemas.ts';
import { type Api, type ApiProblem, asProblem, createApi } from '../api/client.ts';
import { listenLive } from '../api/live.ts';
import { type SiteClock, siteClock } from '../words/siteClock.ts';
import { createFloorsNow, type FloorsNow } from './floorsNow.ts';
import { createLayers, type Layers } from './layers.ts';
import { createQueue, type Queue } from './queue.ts';
import { createRouter, type Router } from './router.ts';
import { createTheme, type Theme } from './theme.ts';

export interface Connection {
  readonly state: 'connecting' | 'live' | 'lost';
  /** When anything was last heard. */
  readonly heardAtMs: number | null;
}

export interface ConsoleState {
  readonly api: Api;
  readonly router: Router;
  readonly theme: Theme;
  readonly queue: Queue;
  readonly floorsNow: FloorsNow;
  /** What is shown on the floor. */
  readonly layers: Layers;
  /** Undefined until the hub has said who is signed in; null where nobody is. */
  readonly session: ReadonlySignal<Session | null | undefined>;
  /** Whether the role of whoever is signed in allows something; the hub decides, this only hides what it would refuse. */
  may(permission: Permission): boolean;
  /** Whether it allows something to those who say why. */
  mayWithReason(permission: Permission): boolean;
  /** Whether somebody was signed in on this page and the hub does not know them any more. */
  readonly sessionEnded: ReadonlySignal<boolean>;
  readonly floors: ReadonlySignal<FloorList | null>;
  readonly clock: ReadonlySignal<SiteClock>;
  readonly cameras: ReadonlySignal<readonly CameraView[] | null>;
  readonly connection: ReadonlySignal<Connection>;
  /** The hub could not be asked at the start. */
  readonly problem: ReadonlySignal<ApiProblem | null>;
  /** The wall clock, once a second. */
  readonly nowMs: ReadonlySignal<number>;
  /** What a screen reader says next. */
  readonly said: Signal<string>;
  /** What the screen is about, for the title of the window; null where its kind says enough. */
  readonly subject: Signal<string | null>;
  readonly helpOpen: Signal<boolean>;
  /** Asks who is signed in, and loads what every screen needs. */
  start(): Promise<void>;
  signIn(token: string): Promise<void>;
  signOut(): Promise<void>;
  onAlert(listener: (alert: AlertSummary) => void): () => void;
  /** After a lost connection: everything that may have changed meanwhile. */
  onReconnect(listener: () => void): () => void;
}

const RETRY_MS = 3_000;
const CLOCKS_AGREE_MS = 2_000;
/** An alert that is heard of later than this is none that has just come. */
const JUST_RAISED_MS = 60_000;

export function createConsole(): ConsoleState {
  const session = signal<Session | null | undefined>(undefined);
  const floors = signal<FloorList | null>(null);
  const cameras = signal<readonly CameraView[] | null>(null);
  const connection = signal<Connection>({ state: 'connecting', heardAtMs: null });
  const problem = signal<ApiProblem | null>(null);
  const nowMs = signal(Date.now());
  const sessionEnded = signal(false);
  const router = createRouter();
  // Asked before the sign-in screen takes the token out of the address.
  const opensLink = location.pathname === '/sign-in' && /[#&]token=/.test(location.hash);
  let live: AbortController | null = null;
  let returnTo = '/';
  let lastName: string | null = null;

  let retry: ReturnType<typeof setTimeout> | undefined;
  /** What the hub's clock is ahead of this machine's. */
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;

  const leave = () => {
    live?.abort();
    live = null;
    clearTimeout(retry);
    if (session.peek()) sessionEnded.value = true;
    session.value = null;
    if (router.path.peek() !== '/sign-in') {
      returnTo = router.path.peek();
      router.go('/sign-in');
    }
  };
  const api = createApi({
    unauthorised: leave,
    clock(hubMs) {
      // The header has whole seconds and the way takes time: within that, the clocks are the same.
      const ahead = hubMs + 500 - Date.now();
      aheadMs = Math.abs(ahead) > CLOCKS_AGREE_MS ? ahead : 0;
    },
  });
  const queue = createQueue(api);
  const floorsNow = createFloorsNow();
  const alertListeners = new Set<(alert: AlertSummary) => void>();
  const reconnectListeners = new Set<() => void>();
  const said = signal('');
  const announced = new Set<string>();
  /** Whoever does not see the list move hears of it once. */
  const announce = (alert: AlertSummary) => {
    if (alert.state !== 'new' || announced.has(alert.id)) return;
    announced.add(alert.id);
    if (now() - alert.raisedAtMs < JUST_RAISED_MS) said.value = `New alert: ${alert.sentence}`;
  };
  const heard = () => {
    connection.value = { state: 'live', heardAtMs: now() };
  };

  const may = (permission: Permission) => session.value?.may.includes(permission) === true;
  const mayWithReason = (permission: Permission) => session.value?.mayWithReason.includes(permission) === true;

  async function loadPlace(): Promise<void> {
    try {
      const [floorList, cameraList] = await Promise.all([api.floors(), api.cameras()]);
      floors.value = floorList;
      cameras.value = cameraList.cameras;
      problem.value = null;
    } catch (cause) {
      problem.value = asProblem(cause);
      clearTimeout(retry);
      if (session.peek()) retry = setTimeout(() => void loadPlace(), RETRY_MS);
    }
  }

  function loadAll(): Promise<unknown> {
    return Promise.all([loadPlace(), may('alerts.list') ? queue.load() : null]);
  }

  function listen(): void {
    live?.abort();
    live = new AbortController();
    connection.value = { ...connection.peek(), state: 'connecting' };
    let opened = 0;
    listenLive(
      {
        opened() {
          heard();
          opened++;
          if (opened === 1) return;
          void loadAll();
          for (const listener of reconnectListeners) listener();
        },
        lost() {
          connection.value = { ...connection.peek(), state: 'lost' };
          // A stream that is refused says nothing; the session does.
          void api.session().catch((cause: unknown) => {
            if (asProblem(cause)?.status === 401) leave();
          });
        },
        heartbeat: heard,
        alert(alert) {
          heard();
          queue.receive(alert);
          announce(alert);
          for (const listener of alertListeners) listener(alert);
        },
        presence(presence) {
          heard();
          floorsNow.update(presence);
        },
        camera(camera) {
          heard();
          const others = (cameras.peek() ?? []).filter(
            (one) => one.device !== camera.device || one.floor !== camera.floor,
          );
          cameras.value = [...others, camera];
        },
      },
      live.signal,
    );
  }

  async function enter(who: Session): Promise<void> {
    // Nobody sees what another has begun to write.
    if (lastName !== null && lastName !== who.name) {
      location.replace(returnTo);
      return;
    }
    lastName = who.name;
    session.value = who;
    sessionEnded.value = false;
    if (router.path.peek() === '/sign-in') router.go(returnTo);
    listen();
    await loadAll();
  }

  setInterval(() => {
    nowMs.value = now();
  }, 1000);

  const subscribe = <T>(listeners: Set<T>, listener: T): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };

  return {
    api,
    router,
    theme: createTheme(),
    queue,
    floorsNow,
    layers: createLayers(),
    session,
    may,
    mayWithReason,
    sessionEnded,
    floors,
    clock: computed(() => siteClock(floors.value?.timeZone ?? 'UTC')),
    cameras,
    connection,
    problem,
    nowMs,
    said,
    subject: signal(null),
    helpOpen: signal(false),
    async start() {
      // A link says who wants in, whoever is signed in by now: the sign-in screen takes it from here.
      if (opensLink) return;
      try {
        await enter(await api.session());
      } catch (cause) {
        const found = asProblem(cause);
        if (found?.status !== 401) {
          problem.value = found;
          setTimeout(() => void this.start(), RETRY_MS);
        } else if (!session.peek()) {
          // Somebody may have signed in while this was asked.
          leave();
        }
      }
    },
    async signIn(token) {
      await enter(await api.signIn(token));
    },
    async signOut() {
      // The live view ends with the session: here that is no session which ended by itself.
      live?.abort();
      try {
        await api.signOut();
      } catch (cause) {
        listen();
        throw cause;
      }
      // A fresh page: nothing of what this person saw or wrote stays in memory.
      location.replace('/sign-in');
    },
    onAlert: (listener) => subscribe(alertListeners, listener),
    onReconnect: (listener) => subscribe(reconnectListeners, listener),
  };
}
