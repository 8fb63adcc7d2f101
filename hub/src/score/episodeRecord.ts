import { dwellId } from '../alert/identifier.ts';
import type { DwellEpisode, EpisodeRecord } from './episode.ts';

/** What is stored of one state of a stay. */
export function episodeRecord(episode: DwellEpisode, site: string, floor: string): EpisodeRecord {
  const { zone, person, fromMs, toMs, seconds, open, detail } = episode;
  const id = dwellId({ site, floor, zone, person, fromMs });
  return { id, site, floor, zone, person, fromMs, toMs, seconds, open, detail };
}
