// npm run setup [-- --for run|test]
import { setUp } from './setup/setUp.mjs';
import { Stop, runMain } from './setup/stop.mjs';

await runMain(() => setUp(purposeFrom(process.argv.slice(2))));

/** @param {readonly string[]} args */
function purposeFrom(args) {
  const [flag = '--for', purpose = 'run', ...rest] = args;
  if (flag === '--for' && (purpose === 'run' || purpose === 'test') && rest.length === 0) return purpose;
  throw new Stop(`Unknown arguments: ${args.join(' ')}. Usage: npm run setup [-- --for run|test]`);
}
