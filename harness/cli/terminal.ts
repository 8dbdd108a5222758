import pc from 'picocolors'

/** Whether a stream gets colours: a terminal does, unless NO_COLOR is set (no-color.org); FORCE_COLOR overrules. */
export function wantsColor(stream: NodeJS.WriteStream): boolean {
  if (process.env.NO_COLOR !== undefined && process.env.NO_COLOR !== '') return false
  if (process.env.FORCE_COLOR !== undefined) return process.env.FORCE_COLOR !== '0'
  return stream.isTTY === true && pc.isColorSupported
}

/** Prints one line of what went wrong to standard error. */
export function complain(message: string): void {
  process.stderr.write(`chain: ${message}\n`)
}
