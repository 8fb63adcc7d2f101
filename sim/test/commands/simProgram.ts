import { type Finished, runProgram } from '../../../test/services/program.ts';

/** Runs a command of `sim` to its end. */
export const sim = (...args: string[]): Promise<Finished> => runProgram('sim/src/main.ts', args);
