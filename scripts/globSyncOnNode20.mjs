// The conformance suite imports fs.globSync, which Node.js 20 does not have. Registered with --import, this gives it a
// stand-in; only a command of the suite that is not used here would call it.
import { register } from 'node:module';

const fs = `data:text/javascript,${encodeURIComponent(`
  export * from 'node:fs';
  export { default } from 'node:fs';
  export const globSync = () => { throw new Error('fs.globSync needs Node.js 22'); };
`)}`;
const hooks = `data:text/javascript,${encodeURIComponent(`
  export const resolve = (specifier, context, next) =>
    specifier === 'fs' && /conformance[^/]*\\/dist\\//.test(context.parentURL ?? '')
      ? { url: ${JSON.stringify(fs)}, shortCircuit: true }
      : next(specifier, context);
`)}`;
register(hooks);
