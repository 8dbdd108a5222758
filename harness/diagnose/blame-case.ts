import type { HopName, Rule } from '../trace/trace.ts'
import type { Scene } from './scene.ts'

/** The first hop where the trace leaves what was expected, the rule that made it so, and why in a sentence. */
export interface Blame {
  readonly hop: HopName
  /** The Service whose pod that hop is; null for nginx. */
  readonly service: string | null
  readonly rule: Rule | null
  readonly because: string
  /** What to change, in a sentence, where that is known; null where it is not. */
  readonly remedy: string | null
}

/** One way in which a chain goes wrong: null where the scene shows another. */
export type BlameCase = (scene: Scene) => Blame | null
