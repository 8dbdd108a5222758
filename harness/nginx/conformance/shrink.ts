import type { Line } from './generate-site.ts'

/** Every site that has one line or block less than this one, the largest cuts first. */
export function* smaller(lines: readonly Line[]): Generator<Line[]> {
  for (let at = 0; at < lines.length; at++) yield [...lines.slice(0, at), ...lines.slice(at + 1)]
  for (const [at, line] of lines.entries()) {
    if (line.lines === null) continue
    for (const inner of smaller(line.lines))
      yield [...lines.slice(0, at), { ...line, lines: inner }, ...lines.slice(at + 1)]
  }
}
