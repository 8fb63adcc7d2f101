/** The life of groups: what became of the groups of the last decision in this one. */

export type GroupEventKind = 'formed' | 'joined' | 'left' | 'split' | 'merged' | 'regrouped' | 'dissolved';

/** Who is in which group after a decision, and what happened on the way. Members are numbers of lives, ascending. */
export interface GroupChange {
  readonly kind: GroupEventKind;
  readonly group: number;
  /** Everybody in the group afterwards; before, where it dissolved. */
  readonly members: readonly number[];
  /** Who came, went or met again. */
  readonly changed: readonly number[];
  /** The other groups of a split or a merger. */
  readonly others: readonly number[];
}

export interface LiveGroup {
  readonly id: number;
  readonly members: readonly number[];
}

/** Whether two lives have been in one group before. */
export type KnownBefore = (a: number, b: number) => boolean;

const byNumber = (a: number, b: number): number => a - b;

/** Follows groups from decision to decision. */
export class GroupLife {
  #groups: LiveGroup[] = [];
  readonly #groupOf = new Map<number, number>();
  #nextId = 1;

  /** The groups of two and more, by id. */
  get groups(): readonly LiveGroup[] {
    return this.#groups;
  }

  /** The group of a life, or undefined. */
  groupOf(life: number): number | undefined {
    return this.#groupOf.get(life);
  }

  /** Takes the groups of a new decision (two and more members each, nobody twice) and tells what changed. */
  decide(clusters: readonly (readonly number[])[], known: KnownBefore): GroupChange[] {
    const changes: GroupChange[] = [];
    const before = new Map(this.#groups.map((group) => [group.id, group]));
    const taken = new Map<number, number>();
    const pieces = clusters.map((members) => {
      const shares = new Map<number, number>();
      for (const life of members) {
        const id = this.#groupOf.get(life);
        if (id !== undefined) shares.set(id, (shares.get(id) ?? 0) + 1);
      }
      return { members: [...members].sort(byNumber), shares, id: 0 };
    });
    // The largest piece of a group keeps its number; of two that merge, the group with more people in the new one does.
    const claims = pieces
      .flatMap((piece, p) => [...piece.shares].map(([id, share]) => ({ p, id, share })))
      .filter(({ share }) => share >= 2)
      .sort((q, r) => r.share - q.share || q.id - r.id || q.p - r.p);
    for (const { p, id } of claims) {
      const piece = pieces[p];
      if (piece?.id !== 0 || taken.has(id)) continue;
      piece.id = id;
      taken.set(id, p);
    }
    for (const piece of pieces) if (piece.id === 0) piece.id = this.#nextId++;

    for (const { id, members, shares } of pieces) {
      const old = before.get(id);
      const merged = [...shares]
        .filter(([from, share]) => from !== id && share >= 2 && !taken.has(from))
        .map(([from]) => from);
      if (!old) {
        const parent = [...shares].find(([from, share]) => share >= 2 && taken.has(from))?.[0];
        if (parent !== undefined) {
          changes.push({ kind: 'split', group: parent, members, changed: members, others: [id] });
          continue;
        }
        const again = members.filter((a) => members.some((b) => a !== b && known(a, b)));
        changes.push({
          kind: again.length > 0 ? 'regrouped' : 'formed',
          group: id,
          members,
          changed: again.length > 0 ? again : members,
          others: [],
        });
        continue;
      }
      const was = new Set(old.members);
      const came = members.filter((life) => !was.has(life));
      if (merged.length > 0)
        changes.push({ kind: 'merged', group: id, members, changed: came, others: merged.sort(byNumber) });
      const fromElsewhere = came.filter((life) => !merged.includes(this.#groupOf.get(life) ?? 0));
      const again = fromElsewhere.filter((a) => members.some((b) => was.has(b) && known(a, b)));
      const joined = fromElsewhere.filter((life) => !again.includes(life));
      if (again.length > 0) changes.push({ kind: 'regrouped', group: id, members, changed: again, others: [] });
      if (joined.length > 0) changes.push({ kind: 'joined', group: id, members, changed: joined, others: [] });
    }
    const swallowed = new Set(changes.filter(({ kind }) => kind === 'merged').flatMap(({ others }) => others));
    const splitOff = new Set(changes.filter(({ kind }) => kind === 'split').flatMap(({ changed }) => changed));
    for (const old of this.#groups) {
      const heir = taken.get(old.id);
      const now = new Set(heir === undefined ? [] : (pieces[heir]?.members ?? []));
      if (heir === undefined) {
        if (!swallowed.has(old.id))
          changes.push({ kind: 'dissolved', group: old.id, members: old.members, changed: old.members, others: [] });
        continue;
      }
      const left = old.members.filter((life) => !now.has(life) && !splitOff.has(life));
      if (left.length > 0)
        changes.push({ kind: 'left', group: old.id, members: [...now].sort(byNumber), changed: left, others: [] });
    }
    this.#groups = pieces.map(({ id, members }) => ({ id, members })).sort((p, q) => p.id - q.id);
    this.#groupOf.clear();
    for (const { id, members } of this.#groups) for (const life of members) this.#groupOf.set(life, id);
    return changes;
  }
}
