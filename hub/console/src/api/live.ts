import type { AlertSummary, CameraView, LiveEvents, Presence } from '../../../src/api/schemas.ts';

export interface LiveListener {
  opened(): void;
  lost(): void;
  alert(alert: AlertSummary): void;
  presence(presence: Presence): void;
  camera(camera: CameraView): void;
  /** The hub is there and has nothing to tell. */
  heartbeat(): void;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 15_000;
/** Nearly three heartbeats. A cable that was pulled breaks no connection; only silence tells. */
const SILENCE_MS = 40_000;

/**
 * Listens to the hub's server-sent events for as long as the signal is not aborted. The browser reconnects after a broken
 * connection; after a refused one (the hub restarts behind a proxy, the session ended) it gives up, so that is done here.
 */
export function listenLive(listener: LiveListener, signal: AbortSignal): void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let retryMs = FIRST_RETRY_MS;

  const connect = () => {
    const current = new EventSource('/api/live');
    source = current;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => {
        current.close();
        listener.lost();
        connect();
      }, SILENCE_MS);
    };
    const on = <K extends keyof LiveEvents>(name: K, handle: (value: LiveEvents[K]) => void) => {
      current.addEventListener(name, (event: MessageEvent<string>) => {
        heard();
        handle(JSON.parse(event.data) as LiveEvents[K]);
      });
    };
    heard();
    on('alert', (alert) => listener.alert(alert));
    on('presence', (presence) => listener.presence(presence));
    on('camera', (camera) => listener.camera(camera));
    on('heartbeat', () => listener.heartbeat());
    current.addEventListener('open', () => {
      heard();
      retryMs = FIRST_RETRY_MS;
      listener.opened();
    });
    current.addEventListener('error', () => {
      listener.lost();
      if (current.readyState !== EventSource.CLOSED || signal.aborted) return;
      clearTimeout(silence);
      timer = setTimeout(connect, retryMs);
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    });
  };

  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    clearTimeout(silence);
    source?.close();
  });
  connect();
}
