import { join } from 'node:path';
import { OperatorError } from '@safe-passage/cli';
import { type MotFrame, type MotTable, parseMotDetections, parseMotTable } from '@safe-passage/edge/detect/mot.ts';
import { readShared } from '../shared.ts';

/**
 * The split. The tracker's parameters were chosen on the fitting sequences alone; the others were only measured. Two of
 * the fitting sequences come from a moving camera (ETH-Pedcross2, KITTI-13), and one of the others (ETH-Sunnyday).
 */
export const FITTING_SEQUENCES = ['ADL-Rundle-6', 'ETH-Pedcross2', 'KITTI-13', 'TUD-Campus'] as const;
export const REPORTING_SEQUENCES = ['ETH-Sunnyday', 'KITTI-17', 'PETS09-S2L1', 'TUD-Stadtmitte'] as const;
export const SEQUENCES = [...FITTING_SEQUENCES, ...REPORTING_SEQUENCES].sort();

export interface Sequence {
  readonly name: string;
  readonly framesPerSecond: number;
  readonly detections: readonly MotFrame[];
  readonly truth: MotTable;
}

export async function readSequence(shared: string, name: string): Promise<Sequence> {
  const folder = join(shared, 'data/mot15', name);
  const path = (file: string) => join(folder, file);
  const info = await readShared(path('seqinfo.ini'));
  const rate = Number(/^frameRate\s*=\s*(\S+)/m.exec(info)?.[1]);
  if (!(rate > 0)) {
    throw new OperatorError(
      `${path('seqinfo.ini')} has no frameRate above 0.`,
      'Get the file again from MOTChallenge.',
    );
  }
  return {
    name,
    framesPerSecond: rate,
    detections: parseMotDetections(await readShared(path('det.txt')), path('det.txt')),
    truth: parseMotTable(await readShared(path('gt.txt')), path('gt.txt')),
  };
}
