import { describe, expect, it } from 'vitest';
import { confidenceFrom } from '../../src/commands/flags.ts';

const confidence = (text: string) => confidenceFrom('--confidence', text);
const classes = (...all: [string, number][]) => new Map(all);

describe('--confidence', () => {
  it.each<[string, ReturnType<typeof confidence>]>([
    ['0.5', { default: 0.5, classes: classes() }],
    ['car=0.6,person=0.4', { classes: classes(['car', 0.6], ['person', 0.4]) }],
    ['car=0.6, 0.3', { default: 0.3, classes: classes(['car', 0.6]) }],
    ['default=0.3,car=1', { default: 0.3, classes: classes(['car', 1]) }],
    ['traffic light=0', { classes: classes(['traffic light', 0]) }],
  ])('%s', (text, expected) => expect(confidence(text)).toEqual(expected));

  it.each([
    ['', '""'],
    ['high', '"high"'],
    ['1.5', '"1.5"'],
    ['car=', '"car="'],
    ['car=0.5,', '""'],
    ['0.4,car=-1', '"car=-1"'],
    ['=0.5', '"=0.5"'],
  ])('%s is refused, and what is wrong in it named', (text, named) =>
    expect(() => confidence(text)).toThrow(`--confidence: ${named} is not usable. Give a number from 0 to 1`),
  );

  it('has one number for each class', () => {
    expect(() => confidence('car=0.5,car=0.6')).toThrow('two numbers for car. Give one.');
    expect(() => confidence('0.5,0.6')).toThrow('two numbers for all other classes. Give one.');
  });
});
