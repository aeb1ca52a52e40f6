/**
 * Whether the answers are true where people are: a station watches live cameras on loopback for a while, then it is asked
 * over MCP, and what it answers is compared with what is true of the clips.
 *
 *     npm run bench:station [-- SECONDS [CAMERA …]]
 */
import { rigCameras } from './station/cameras.ts';
import { makeRules, questions } from './station/questions.ts';
import { withStation } from './station/rig.ts';
import { tableOf } from './station/table.ts';

const [seconds = '600', ...asked] = process.argv.slice(2);
const cameras = rigCameras().filter(({ id }) => asked.length === 0 || asked.includes(id));
const rows = await withStation(
  cameras,
  Number(seconds),
  (ask) => makeRules(ask, cameras),
  (recorded) => questions(cameras, recorded),
);
console.log(tableOf(rows));
const missed = rows.filter(({ reached }) => !reached).length;
console.log(missed === 0 ? '\nall reached' : `\n${missed} of ${rows.length} MISSED`);
if (missed > 0) process.exitCode = 1;
