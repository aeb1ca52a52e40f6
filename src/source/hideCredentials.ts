/** Names of query parameters, and of `name=value` parts of paths, whose values cameras take as credentials. */
const credential =
  /([?&;/]|^)([\w.-]*(?:user|usr|login|account|pass|pwd|psw|token|secret|key|auth|sig|session|credential)[\w.-]*)=([^&;/#]+)/gi;

/**
 * The text of a network source with everything that may be a credential replaced by `***`. It also works on text that
 * is no valid URI, and there it rather hides too much: everything from the scheme to the last `@`.
 */
export const hideCredentials = (text: string): string =>
  text
    .replace(/^([a-z][a-z0-9+.-]*:(?:\/\/)?)?.*@/is, '$1***@')
    .replace(credential, (_, before: string, name: string) => `${before}${name}=***`);
