/** Several hubs of one site share its floors out: which are this one's. */
import { OperatorError } from '@safe-passage/cli';

export interface FloorShare {
  /** Ids of the floors that this hub takes, scores and answers for. */
  readonly floors: readonly string[];
  /** What tells its session at the broker from the others'. */
  readonly name: string;
}

const COUNT = 'SAFE_PASSAGE_HUB_COUNT';
const NAME = 'SAFE_PASSAGE_HUB_NAME';

/**
 * The share by `$SAFE_PASSAGE_HUB_COUNT`, how many hubs there are, and `$SAFE_PASSAGE_HUB_NAME`, whose last number, from 0, says which
 * of them this is (a pod of a StatefulSet: `hub-2`). Floors go round in the order of their ids.
 *
 * @returns null where neither is set: the hub has the whole site.
 * @throws OperatorError that names the variable and the remedy.
 */
export function floorShare(floorIds: readonly string[], env: NodeJS.ProcessEnv): FloorShare | null {
  const [count, name] = [env[COUNT], env[NAME]];
  if (!count && !name) return null;
  if (!count || !/^[1-9]\d{0,2}$/.test(count)) {
    throw new OperatorError(
      `${COUNT} is "${count ?? ''}"`,
      'Give the number of hubs that share the floors, from 1 on.',
    );
  }
  const ordinal = /(\d{1,3})$/.exec(name ?? '')?.[1];
  if (ordinal === undefined || Number(ordinal) >= Number(count)) {
    throw new OperatorError(
      `${NAME} is "${name ?? ''}"`,
      `It ends in this hub's number, from 0 to ${Number(count) - 1}, as ${COUNT} says: hub-0, for instance.`,
    );
  }
  const floors = [...floorIds].sort().filter((_, i) => i % Number(count) === Number(ordinal));
  if (floors.length === 0) {
    throw new OperatorError(
      `there are ${floorIds.length} floors for ${count} hubs: none is left for number ${ordinal}`,
      `Lower ${COUNT} and the number of hubs.`,
    );
  }
  return { floors, name: `${ordinal}-of-${count}` };
}
