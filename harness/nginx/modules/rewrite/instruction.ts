import type { Rule } from '../../../trace/trace.ts'
import type { Location } from '../../core/site-config.ts'
import { Slot } from '../../core/slot.ts'
import type { Template } from '../../core/variables/template.ts'
import type { Regex } from '../../pattern/regex.ts'

/** What the rewrite module does, in the order of the file (`rewrite`, `return`, `set`, `break`, `if`). */
export type Instruction = RewriteInstruction | ReturnInstruction | SetInstruction | BreakInstruction | IfInstruction

export interface RewriteInstruction {
  readonly kind: 'rewrite'
  readonly rule: Rule
  readonly regex: Regex
  /** The replacement up to its first `?`; the whole of it for a redirect. */
  readonly path: Template
  /** What follows the first `?`; null where there is none, and for a redirect. */
  readonly args: Template | null
  /** Whether the replacement has a `?` of its own. */
  readonly hasArgs: boolean
  /** Whether the request's own arguments are added; a `?` at the end of the replacement forbids it. */
  readonly addArgs: boolean
  /** 301 or 302 for a redirect. */
  readonly redirect: number | null
  readonly isBreak: boolean
  /** Whether the rewriting ends here: `last`, `break`, or a redirect. */
  readonly ends: boolean
}

export interface ReturnInstruction {
  readonly kind: 'return'
  readonly rule: Rule
  readonly status: number
  readonly text: Template | null
}

export interface SetInstruction {
  readonly kind: 'set'
  readonly rule: Rule
  /** `$args` is the request's own; any other variable has a slot. */
  readonly target: { readonly kind: 'args' } | { readonly kind: 'slot'; readonly slot: number; readonly name: string }
  readonly value: Template
}

export interface BreakInstruction {
  readonly kind: 'break'
  readonly rule: Rule
}

export interface IfInstruction {
  readonly kind: 'if'
  readonly rule: Rule
  readonly condition: Condition
  /** The location that the request is in where it holds; null on the server's level. */
  readonly location: Location | null
  readonly body: readonly Instruction[]
}

/** The instructions of a location, or of a server's root. */
export const rewrites = new Slot<Location, readonly Instruction[]>([])

/** The condition of an `if`. `slot` is the variable on its left. */
export type Condition =
  | { readonly kind: 'truthy'; readonly slot: number }
  | { readonly kind: 'equal'; readonly slot: number; readonly value: Template; readonly negated: boolean }
  | { readonly kind: 'matches'; readonly slot: number; readonly regex: Regex; readonly negated: boolean }
  | {
      readonly kind: 'file'
      readonly wanted: 'file' | 'directory' | 'executable' | 'any'
      readonly path: Template
      readonly negated: boolean
      readonly rule: Rule
    }
