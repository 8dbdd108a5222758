/** Text of a configuration file as the bytes that nginx would put on the wire, held as Latin-1. */
export function wireText(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}
