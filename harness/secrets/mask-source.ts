import { type Document, isPair, isScalar, type Node, visit } from 'yaml'
import { Problems } from '../diagnostics/problems.ts'
import { composeYaml } from '../diagnostics/read-yaml.ts'
import { Source, type SourceText } from '../diagnostics/source.ts'
import { secretHeader } from './mask.ts'
import { maskCookies } from './mask-cookie.ts'
import { replaceNamed, replaceUserinfo } from './named.ts'

/**
 * A scenario file as a report may quote it: secrets blotted out in place, so that every column stays. They are the texts
 * under a secret name, however the YAML is laid out, and what follows such a name in a comment or inside another
 * text, up to the end of its quotes or its line.
 */
export function maskSource({ file, text }: SourceText): Source {
  const [document] = composeYaml(new Source(file, text), new Problems())
  let masked = ''
  let end = 0
  for (const [start, value] of document === undefined ? [] : secretTexts(document, text)) {
    masked += maskLoose(text.slice(end, start)) + value
    end = start + value.length
  }
  return new Source(file, masked + maskLoose(text.slice(end)))
}

/** Each secret header's name, and every text under it, masked, with the offset that it stands at; in the order of the file. */
function secretTexts(document: Document.Parsed, text: string): (readonly [start: number, masked: string])[] {
  const found = new Map<number, string>()
  const note = ({ range }: Node, mask = (written: string): string => written): void => {
    if (range) found.set(range[0], mask(text.slice(range[0], range[1])))
  }
  visit(document, {
    Scalar(role, node, path) {
      const name = nameAround(path)
      if (name === undefined) return
      note(node, role === 'key' ? undefined : (written) => blotSecrets(name, written, isWhole(path)))
    },
    Alias(_, alias, path) {
      const name = nameAround(path)
      const target = alias.resolve(document)
      if (name === undefined || target === undefined) return
      note(alias)
      visit(target, { Scalar: (_, node) => note(node, (written) => blotSecrets(name, written, false)) })
    },
  })
  return [...found].sort(([a], [b]) => a - b)
}

/** The secret name that a node of the document stands under. What a step captures has names that the scenario gives. */
function nameAround(path: readonly unknown[]): string | undefined {
  if (path.some((node) => isPair(node) && isScalar(node.key) && node.key.value === 'capture')) return undefined
  return path.map(nameOf).findLast((name) => name !== undefined)
}

function nameOf(node: unknown): string | undefined {
  return isPair(node) && isScalar(node.key) ? secretHeader(String(node.key.value)) : undefined
}

/** Whether what stands there is a header's whole value, and not a part of one or a pattern. */
function isWhole(path: readonly unknown[]): boolean {
  const pair = path.findLast((node) => isPair(node))
  return !isScalar(pair?.key) || !['contains', 'matches'].includes(String(pair.key.value))
}

/** Each run of a name's letters is looked at once. */
const LOOSE = /(?<![\w-])([\w-]+)\\?["']?[ \t]*:[ \t]*/g

/** Text that is no value of its own: what follows a secret name in it is blotted out, never read twice. */
function maskLoose(loose: string): string {
  const text = replaceNamed(replaceUserinfo(loose, blot), blot)
  let masked = ''
  let end = 0
  for (const { 0: whole, 1: written = '', index } of text.matchAll(LOOSE)) {
    const name = secretHeader(written)
    if (index < end || name === undefined) continue
    const start = index + whole.length
    masked += text.slice(end, start)
    end = endOfValue(text, start)
    masked += blotSecrets(name, text.slice(start, end), true)
  }
  return masked + text.slice(end)
}

/** Behind the closing quote of a text in quotes, else the end of the line. */
function endOfValue(text: string, start: number): number {
  const newline = text.indexOf('\n', start)
  const endOfLine = newline === -1 ? text.length : newline
  const quote = text.charAt(start)
  const closing = quote === '"' || quote === "'" ? text.indexOf(quote, start + 1) : -1
  return closing === -1 || closing > endOfLine ? endOfLine : closing + 1
}

function blotSecrets(name: string, value: string, whole: boolean): string {
  return name === 'cookie' || name === 'set-cookie' ? maskCookies(name, value, whole, blot) : blot(value)
}

function blot(value: string): string {
  return value.replace(/[^\s,{}[\]"']/g, '*')
}
