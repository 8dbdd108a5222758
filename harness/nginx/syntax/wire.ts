const ASCII = /^[\0-\x7f]*$/

/** Text of a configuration file as the bytes that nginx would put on the wire, held as Latin-1. */
export function wireText(text: string): string {
  return ASCII.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}

/** Text in small letters as nginx makes them (ngx_strlow): `A` to `Z` alone. Bytes over 127 stay what they are. */
export function lowerCase(text: string): string {
  return ASCII.test(text) ? text.toLowerCase() : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
