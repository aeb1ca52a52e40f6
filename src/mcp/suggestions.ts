import { ArgusError } from '../domain/errors.ts';
import type { World } from './contract.ts';
import type { Resource } from './resourceContract.ts';

/** Ids that go on as begun, the likeliest first. */
export const suggestions = (resource: Resource, begun: string, world: World): string[] =>
  whatIsKnown(() => resource.suggest(world).filter((id) => id.startsWith(begun)));

/** Before anything is stored there is nothing to list, and no such camera nothing to suggest: no error for whoever still types. */
export function whatIsKnown<T>(look: () => T[]): T[] {
  try {
    return look();
  } catch (error) {
    if (error instanceof ArgusError) return [];
    throw error;
  }
}
