import { isSecretName, isSecretParameter } from '../../gateway/secret-names.ts'

type Mask = (value: string) => string

/** `name=`, or a quoted name, a colon and what begins a value in JSON. Each run of a name's letters is looked at once. */
const NAMED = /(?<![\w.%[\]-])([\w.%[\]-]+)(?:=|\\?["'][ \t]{0,8}:[ \t]{0,8}(\\?["']|(?=[\d-])))/g

/** What ends the value of a parameter in a text of any kind. */
const ENDS_IN_TEXT = /[\s\p{Cc}&#"'<>\\,;()[\]{}]|$/gu
const ENDS_IN_TARGET = /[&#]|$/g
const ENDS_OF_NUMBER = /[^\d.eE+-]|$/g

/**
 * A text in which `mask` has replaced every value that stands behind a secret name: query parameters, form fields, members of
 * JSON. What stands for a value that is filled in (`${token}`, `$arg_token`) stays, and so does what is masked already.
 * @param kind a `target` is a request target or a form: its values end at `&` alone
 */
export function replaceNamed(text: string, mask: Mask, kind: 'text' | 'target' = 'text'): string {
  let replaced = ''
  let end = 0
  NAMED.lastIndex = 0
  for (let match = NAMED.exec(text); match !== null; match = NAMED.exec(text)) {
    const { 0: whole, 1: name = '', 2: opening, index } = match
    const isParameter = whole.endsWith('=')
    if (!(isParameter ? isSecretParameter(name) : isSecretName(name))) continue
    const start = index + whole.length
    if (text.startsWith('${', start)) continue
    const until = isParameter
      ? next(kind === 'target' ? ENDS_IN_TARGET : ENDS_IN_TEXT, text, start)
      : opening === '' || opening === undefined
        ? next(ENDS_OF_NUMBER, text, start)
        : closing(text, start, opening)
    const value = text.slice(start, until)
    if (isOpen(value)) continue
    replaced += text.slice(end, start) + mask(value)
    end = until
    NAMED.lastIndex = Math.max(until, start)
  }
  return replaced + text.slice(end)
}

/** `user:password@` of every URL in a text. A user's name alone may be a token. */
export function replaceUserinfo(text: string, mask: Mask): string {
  if (!text.includes('://')) return text
  return text.replace(/:\/\/([^\s/?#"'<>\\]*)@/g, (whole, userinfo: string) =>
    isOpen(userinfo) ? whole : `://${mask(userinfo)}@`,
  )
}

/** Nothing, a mask, or the name of what is filled in. */
function isOpen(value: string): boolean {
  return value === '' || /^\*+$/.test(value) || /^\$\{?\w[\w:-]*\}?$/.test(value)
}

function next(end: RegExp, text: string, start: number): number {
  end.lastIndex = start
  return end.exec(text)?.index ?? text.length
}

/** Where the quotes close that a value began with; those in JSON within JSON have a backslash. */
function closing(text: string, start: number, opening: string): number {
  let at = text.indexOf(opening, start)
  while (at !== -1 && opening.length === 1 && isEscaped(text, at, start)) at = text.indexOf(opening, at + 1)
  return at === -1 ? text.length : at
}

function isEscaped(text: string, at: number, start: number): boolean {
  let count = 0
  while (at - count > start && text[at - count - 1] === '\\') count++
  return count % 2 === 1
}
