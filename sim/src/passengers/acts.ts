/**
 * What people do, as scripts: generator functions that say how long they are content to wait. A script is resumed when
 * that time is over or when something it waits for wakes it, so nobody costs anything while they merely wait.
 */

/** Yields the longest time to wait, seconds. Whatever it waits for is to be checked again after each yield. */
export type Script = Generator<number, void, void>;

export class Act {
  readonly script: Script;
  readonly parent: Act | null;
  /** First step at which the script goes on by itself. */
  wakeStep: number;
  done = false;

  constructor(script: (act: Act) => Script, parent: Act | null, wakeStep: number) {
    this.script = script(this);
    this.parent = parent;
    this.wakeStep = wakeStep;
  }
}

export class Acts {
  readonly #running: Act[] = [];
  readonly #stepsPerSecond: number;
  #step = 0;

  constructor(stepsPerSecond: number) {
    this.#stepsPerSecond = stepsPerSecond;
  }

  get count(): number {
    return this.#running.length;
  }

  /** Begins at the next step. The parent is woken when it ends. */
  start(script: (act: Act) => Script, parent: Act | null = null): Act {
    const act = new Act(script, parent, this.#step);
    this.#running.push(act);
    return act;
  }

  wake(act: Act): void {
    act.wakeStep = 0;
  }

  /** Resumes whoever is due. Acts that begin meanwhile are resumed in the same step. */
  step(step: number): void {
    this.#step = step;
    const running = this.#running;
    for (let index = 0; index < running.length; index += 1) {
      const act = running[index];
      if (!act || act.wakeStep > step) continue;
      // Asked for before it runs, so that a wake from within counts for the next round.
      act.wakeStep = Number.MAX_SAFE_INTEGER;
      const { done, value } = act.script.next();
      if (done) {
        act.done = true;
        if (act.parent) act.parent.wakeStep = 0;
        const last = running.pop();
        if (last && last !== act) {
          running[index] = last;
          index -= 1;
        }
      } else {
        act.wakeStep = Math.min(act.wakeStep, step + Math.max(1, Math.round(value * this.#stepsPerSecond)));
      }
    }
  }
}

/** Until all have ended. */
export function* untilDone(acts: readonly Act[]): Script {
  for (const act of acts) while (!act.done) yield 3600;
}
