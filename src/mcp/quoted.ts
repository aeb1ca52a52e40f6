/** More of a name or note than this tells nobody anything. */
const longest = 120;

/**
 * Text from outside (names, notes, words that a camera saw, what a program said) as it may stand within a sentence: on one line,
 * in quotation marks that it cannot end, and not too long. So it reads as data wherever it says something else.
 */
export function quoted(text: string, length = longest): string {
  const plain = oneLine(text);
  const characters = Array.from(plain);
  const cut = characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : plain;
  return `"${cut.replaceAll(/["“”„«»]/g, "'")}"`;
}

/**
 * Without line ends, control and invisible characters: those that turn the direction of writing or are never drawn can hide what a
 * text says. The two joiners stay, which scripts and emoji need.
 */
const oneLine = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/(?![\u200c\u200d])[\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
