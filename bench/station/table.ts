import type { Row } from './questions.ts';

/** A table in Markdown, one row for each question. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [
    ['camera', 'question', 'truth', 'answer', ''],
    ...rows.map(({ camera, question, truth, answer, reached }) => [
      camera,
      question,
      truth,
      answer,
      reached ? '' : 'MISSED',
    ]),
  ];
  const widths =
    cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0), 3)) ?? [];
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
