import { BacktrackMeter } from './backtracking.ts'
import type { ByteSet } from './byte-set.ts'
import {
  contains,
  isNullable,
  type LookNode,
  oneOf,
  type ParsedPattern,
  type PatternNode,
  type Place,
  type RepeatNode,
} from './pattern-node.ts'

/** A pattern that JavaScript does as PCRE does. */
export interface JavaScriptPattern {
  readonly compiled: RegExp
  /** Bytes of a text that it is safe to run on: see {@link BacktrackMeter}. */
  readonly maxBytes: number
}

/** Steps that a match may take before another matcher counts them. */
const MAX_STEPS = 1e8

/** Writes a pattern for JavaScript; null where JavaScript would do otherwise than PCRE, or might never end. */
export function toJavaScript({ root }: ParsedPattern): JavaScriptPattern | null {
  const writer = new Writer()
  const source = writer.write(root)
  if (source === null) return null
  const { degree } = writer.meter
  // A text that is tried from each of its bytes on adds one to the power.
  const maxBytes = degree < 2 ? Number.POSITIVE_INFINITY : Math.floor(MAX_STEPS ** (1 / degree))
  return { compiled: new RegExp(source), maxBytes }
}

/** Places that are the same to both. Lines are not: PCRE finds none behind the last line feed. */
const PLACES: Readonly<Partial<Record<Place, string>>> = {
  start: '^',
  end: '$',
  'last-line-end': '(?=\\n?$)',
  'word-edge': '\\b',
  'no-word-edge': '\\B',
}

class Writer {
  readonly meter = new BacktrackMeter()
  #groups = 0

  write(node: PatternNode): string | null {
    switch (node.kind) {
      case 'bytes':
        this.meter.atom(node.set)
        return classOf(node.set)
      case 'sequence':
        return joined(
          node.items.map((item) => (item.kind === 'alternatives' ? this.#inGroup('(?:', item) : this.write(item))),
          '',
        )
      case 'alternatives':
        return this.#alternatives(node.branches)
      case 'group':
        // Where groups share a number, JavaScript numbers them otherwise.
        return ++this.#groups === node.number ? this.#inGroup('(', node.body) : null
      case 'repeat':
        return this.#repeat(node)
      case 'look':
        return this.#look(node)
      case 'place':
        return PLACES[node.place] ?? null
      default:
        return null
    }
  }

  #alternatives(branches: readonly PatternNode[]): string | null {
    if (branches.length === 0) return null
    const written = branches.map((branch, index) => {
      if (index > 0) this.meter.alternate()
      return this.write(branch)
    })
    return joined(written, '|')
  }

  #inGroup(opening: string, body: PatternNode): string | null {
    this.meter.open()
    const source = this.write(body)
    this.meter.close()
    return source === null ? null : `${opening}${source})`
  }

  /**
   * JavaScript forgets what groups captured when they repeat, and never repeats what took no byte; PCRE does neither.
   */
  #repeat({ body, min, max, greed }: RepeatNode): string | null {
    if (greed === 'possessive') return null
    if (isNullable(body) || body.kind === 'look') return null
    const inner = body.kind === 'group' ? body.body : body
    if (max > 1 && contains(inner, ({ kind }) => kind === 'group')) return null
    const isGrouped = body.kind === 'bytes' || body.kind === 'group'
    const source = isGrouped ? this.write(body) : this.#inGroup('(?:', body)
    if (source === null || this.meter.quantify(min, max)) return null
    return `${source}${quantifier(min, max)}${greed === 'lazy' ? '?' : ''}`
  }

  /** Looking back, JavaScript matches from the end on: what groups capture differs. */
  #look(look: LookNode): string | null {
    if (look.behind && contains(look, ({ kind }) => kind === 'group' || kind === 'repeat')) return null
    return this.#inGroup(`(?${look.behind ? '<' : ''}${look.negated ? '!' : '='}`, oneOf(look.branches))
  }
}

function quantifier(min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`
  if (min === 0 && max === 1) return '?'
  return min === max ? `{${min}}` : `{${min},${max}}`
}

function joined(sources: readonly (string | null)[], separator: string): string | null {
  return sources.includes(null) ? null : sources.join(separator)
}

/** A set as JavaScript source. */
function classOf(set: ByteSet): string {
  const isMost = set.reduce((sum, takes) => sum + takes, 0) > 128
  const ranges = rangesOf(set, isMost ? 0 : 1)
  const [first] = ranges
  if (!isMost && ranges.length === 1 && first !== undefined && first.from === first.to) return byte(first.from)
  const source = ranges.map(({ from, to }) => (from === to ? byte(from) : `${byte(from)}-${byte(to)}`)).join('')
  return `[${isMost ? '^' : ''}${source}]`
}

function rangesOf(set: ByteSet, wanted: number): readonly { readonly from: number; readonly to: number }[] {
  const ranges: { from: number; to: number }[] = []
  set.forEach((takes, code) => {
    const last = ranges.at(-1)
    if (takes !== wanted) return
    if (last !== undefined && last.to === code - 1) last.to = code
    else ranges.push({ from: code, to: code })
  })
  return ranges
}

function byte(code: number): string {
  const char = String.fromCharCode(code)
  return /[A-Za-z0-9]/.test(char) ? char : `\\x${code.toString(16).padStart(2, '0')}`
}
