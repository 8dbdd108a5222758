/** One entry of nginx's error log. */
export interface LogEntry {
  readonly level: string
  /** The client's connection that it is about (`*12`); null for what concerns none. */
  readonly connection: number | null
  readonly text: string
}

/** How an entry begins (ngx_log_error_core): time, level, process#thread, connection. */
const START = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[(\w+)\] \d+#\d+: (?:\*(\d+) )?/

/** The entry that goes on for more lines: a whole head. Whatever else follows one comes from a log that shares the stream. */
const HEAD_ENTRY = 'http proxy header:'

/** The lines of a log, as they stand there, that are about one connection. */
export function linesOf(log: string, wanted: number): string[] {
  let isWanted = false
  return log.split('\n').filter((line) => {
    const start = START.exec(line)
    // A line that begins no entry goes on with the one before.
    if (start !== null) isWanted = start[2] === String(wanted)
    return isWanted
  })
}

/** Whether a line begins an entry that only the debug log has. */
export function isDebugLine(line: string): boolean {
  const [, level = 'debug'] = START.exec(line) ?? []
  return level === 'debug'
}

/** Splits the text of an error log (bytes as Latin-1) into its entries. */
export function readLogEntries(log: string): LogEntry[] {
  const entries: { level: string; connection: number | null; lines: string[] }[] = []
  for (const line of log.split('\n')) {
    const start = START.exec(line)
    const last = entries.at(-1)
    if (start !== null) {
      const [head, level = '', connection] = start
      const number = connection === undefined ? null : Number(connection)
      entries.push({ level, connection: number, lines: [line.slice(head.length)] })
    } else if (last?.lines[0] === HEAD_ENTRY) {
      last.lines.push(line)
    }
  }
  return entries.map(({ lines, ...entry }) => ({ ...entry, text: lines.join('\n') }))
}
