import { useEffect, useState } from 'preact/hooks';
import type { CameraRates } from '../../../src/api/schemas.ts';
import { useConsole } from './context.ts';

const LOOK_AGAIN_MS = 60_000;

/** Frame rates of the last two hours, asked again every minute. What is there stays until there is newer. */
export function useCameraRates(): CameraRates | null {
  const { api, onReconnect } = useConsole();
  const [rates, show] = useState<CameraRates | null>(null);
  useEffect(() => {
    // Without an answer the lines stay as they are: the banner says that the connection is lost.
    const load = () => api.cameraRates().then(show, () => undefined);
    void load();
    const timer = setInterval(load, LOOK_AGAIN_MS);
    const ends = onReconnect(load);
    return () => {
      clearInterval(timer);
      ends();
    };
  }, [api, onReconnect]);
  return rates;
}
