import { isSecretHeader, isSecretName } from '../../gateway/secret-names.ts'
import { maskHeader, maskText } from './mask.ts'

/** The name of a header line, of a member of YAML, or of a header that nginx sets. Each run of a name's letters is looked at once. */
const NAME = /(?<![\w-])([\w-]+)(?::[ \t]{1,8}|(?<=(?:set|add|pass)_header[ \t]{1,8}[\w-]{1,64})[ \t]{1,8})/g

/** In quotes, or to the end of the line or of the JSON text that the line stands in. */
const VALUE = /\\?"[^"\n]*"|[^\n"]+/y

/**
 * The text of a log, a configuration or a list of events without its secrets: known values wherever they stand, and by their names
 * parameters, members of JSON and YAML, the userinfo of URLs, header lines, and headers that nginx sets.
 * @param secrets known values, as `secretsOf` gives them
 */
export function maskLog(text: string, secrets: readonly string[]): string {
  const known = maskText(text, secrets)
  let masked = ''
  let end = 0
  NAME.lastIndex = 0
  for (let match = NAME.exec(known); match !== null; match = NAME.exec(known)) {
    const [whole, name = ''] = match
    // Behind a directive it is a header's name.
    if (!(whole.includes(':') ? isSecretName(name) : isSecretHeader(name))) continue
    const start = match.index + whole.length
    VALUE.lastIndex = start
    const value = VALUE.exec(known)?.[0] ?? ''
    masked += known.slice(end, start) + (value === '' ? '' : maskHeader(name, value))
    end = start + value.length
    NAME.lastIndex = end
  }
  return masked + known.slice(end)
}
