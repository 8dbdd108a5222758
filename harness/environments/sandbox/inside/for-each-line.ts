import type { Readable } from 'node:stream'

/**
 * Calls `take` with every line of a program's output. Of one that is longer than `maxLength` characters the beginning alone is
 * kept: node:readline would keep all of it, and a program may write without ever ending its line.
 */
export function forEachLine(output: Readable, maxLength: number, take: (line: string) => void): void {
  let line = ''
  output.setEncoding('utf8')
  output.on('data', (chunk: string) => {
    const [first = '', ...rest] = chunk.split('\n')
    line += first.slice(0, maxLength - line.length)
    for (const next of rest) {
      take(line)
      line = next.slice(0, maxLength)
    }
  })
  output.on('end', () => {
    if (line !== '') take(line)
  })
}
