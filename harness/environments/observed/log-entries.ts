/** One entry of nginx's error log. `text` may have several lines: nginx writes whole heads at level `debug`. */
export interface LogEntry {
  readonly level: string
  /** The client's connection that it is about (`*12`); null for what concerns none. */
  readonly connection: number | null
  readonly text: string
}

/** How an entry begins (ngx_log_error_core): time, level, process#thread, connection. */
const START = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[(\w+)\] \d+#\d+: (?:\*(\d+) )?/

/** Splits the text of an error log (bytes as Latin-1) into its entries. Lines before the first one are left out. */
export function readLogEntries(log: string): LogEntry[] {
  const entries: { level: string; connection: number | null; lines: string[] }[] = []
  for (const line of log.split('\n')) {
    const start = START.exec(line)
    if (start === null) {
      entries.at(-1)?.lines.push(line)
      continue
    }
    const [head, level = '', connection] = start
    entries.push({
      level,
      connection: connection === undefined ? null : Number(connection),
      lines: [line.slice(head.length)],
    })
  }
  return entries.map(({ lines, ...entry }) => ({ ...entry, text: lines.join('\n').replace(/\n$/, '') }))
}
