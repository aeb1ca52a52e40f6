import { ArgusError } from '../domain/errors.ts';
import type { LiveStation } from '../domain/live.ts';
import type { Call, World } from './contract.ts';

/** The station, which alone writes. Throws ArgusError where none runs. @param otherwise what can be done without one */
export async function runningStation(world: World, otherwise?: string): Promise<LiveStation> {
  const station = await world.live();
  if (station) return station;
  throw new ArgusError(
    'No station is running, and nothing else may write.',
    ['Start "argus serve".', ...(otherwise === undefined ? [] : [otherwise])].join(' '),
  );
}

/** Throws ArgusError where the user, if they can be asked, declines. */
export async function agreed(call: Call, question: string): Promise<void> {
  if ((await call.confirm(question)) !== 'declined') return;
  throw new ArgusError('The user declined.', 'Nothing was changed. Ask what they want instead.');
}
