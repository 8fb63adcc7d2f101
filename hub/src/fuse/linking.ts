/** Who may be whom, all together: one person that ended is at most one that begins, and the other way round. */

const ROUNDS = 30;

/**
 * Marginal probabilities of all links, by belief propagation, which converges for this graph (Williams and Lau, "Approximate
 * evaluation of marginal association probabilities with belief propagation", IEEE TAES 50(4), 2014).
 *
 * @param rows for each who begins, who it may be and the odds of that against its being somebody new.
 * @returns per row the probability of each of its candidates; the rest is the probability of somebody new.
 */
export function linkProbabilities<E extends object>(
  rows: readonly (readonly { readonly end: E; readonly odds: number }[])[],
): number[][] {
  const byEnd = new Map<E, { readonly row: number; readonly k: number }[]>();
  rows.forEach((candidates, row) => {
    candidates.forEach(({ end }, k) => {
      const links = byEnd.get(end);
      if (links) links.push({ row, k });
      else byEnd.set(end, [{ row, k }]);
    });
  });
  // What the ended tell those who begin: how free they are, were it not for this one.
  const free = rows.map((candidates) => candidates.map(() => 1));
  const wants = rows.map((candidates) => candidates.map(() => 0));
  for (let round = 0; round < ROUNDS; round++) {
    let changed = 0;
    rows.forEach((candidates, row) => {
      const f = free[row] as number[];
      let sum = 1;
      candidates.forEach(({ odds }, k) => {
        sum += odds * (f[k] as number);
      });
      candidates.forEach(({ odds }, k) => {
        (wants[row] as number[])[k] = odds / Math.max(1e-12, sum - odds * (f[k] as number));
      });
    });
    for (const links of byEnd.values()) {
      let sum = 1;
      for (const { row, k } of links) sum += wants[row]?.[k] ?? 0;
      for (const { row, k } of links) {
        const told = 1 / Math.max(1e-12, sum - (wants[row]?.[k] ?? 0));
        changed = Math.max(changed, Math.abs(told - (free[row]?.[k] ?? 0)));
        (free[row] as number[])[k] = told;
      }
    }
    if (changed < 1e-6) break;
  }
  return rows.map((candidates, row) => {
    const f = free[row] as number[];
    let sum = 1;
    candidates.forEach(({ odds }, k) => {
      sum += odds * (f[k] as number);
    });
    return candidates.map(({ odds }, k) => (odds * (f[k] as number)) / sum);
  });
}
