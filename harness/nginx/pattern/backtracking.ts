import { type ByteSet, disjoint, EVERY_BYTE } from './byte-set.ts'

/** A piece that may match more or less, until something behind it says where it ends. */
interface Loose {
  readonly bytes: ByteSet
  readonly unbounded: boolean
  frame: Frame
}

interface Frame {
  /** Pieces inside that may end in several places. */
  loose: number
  alternates: boolean
  first: ByteSet | null
  /** Whether what ends the group cannot run on into its next repetition. */
  separates: boolean
}

/**
 * How long a pattern may take to fail. PCRE gives up after ten million steps, JavaScript never: a pattern that can try the same
 * text in exponentially many ways is no pattern for JavaScript, and one that is only polynomial may be asked for short texts.
 */
export class BacktrackMeter {
  readonly #frames: Frame[] = [newFrame()]
  #loose: Loose | null = null
  #ended: Loose | null = null
  #last: ByteSet | Frame | null = null
  /** Texts of n bytes take at most about n to this power of steps. */
  degree = 0

  get #frame(): Frame {
    return this.#frames[this.#frames.length - 1] ?? newFrame()
  }

  /** A piece that takes one byte. */
  atom(bytes: ByteSet): void {
    this.#ended = null
    if (this.#loose !== null && disjoint(this.#loose.bytes, bytes)) {
      this.#count(this.#loose, -1)
      this.#ended = this.#loose
    }
    this.#loose = null
    this.#last = bytes
    this.#frame.first ??= bytes
  }

  open(): void {
    this.#ended = null
    this.#loose = null
    this.#frames.push(newFrame())
  }

  alternate(): void {
    this.#frame.alternates = true
    this.#loose = null
  }

  close(): void {
    this.#ended = null
    const frame = this.#frames.pop() ?? newFrame()
    const outer = this.#frame
    const loose = this.#loose
    frame.separates = loose !== null && frame.first !== null && disjoint(loose.bytes, frame.first)
    outer.loose += frame.loose
    outer.alternates ||= frame.alternates
    if (loose !== null) loose.frame = outer
    this.#last = frame
  }

  /** A quantifier behind the last piece. @returns whether the pattern may take exponentially long */
  quantify(min: number, max: number): boolean {
    const last = this.#last
    this.#last = null
    if (last === null) return false
    if (min === 0 && this.#ended !== null) this.#count(this.#ended, 1)
    this.#ended = null
    if (!('loose' in last)) {
      if (min !== max) this.#becomeLoose(last, max)
      return false
    }
    if (max > 1 && (last.alternates || last.loose > (last.separates ? 1 : 0))) return true
    if (min !== max) this.#becomeLoose(EVERY_BYTE, max)
    return false
  }

  #becomeLoose(bytes: ByteSet, max: number): void {
    this.#loose = { bytes, unbounded: max === Number.POSITIVE_INFINITY, frame: this.#frame }
    this.#count(this.#loose, 1)
  }

  #count({ frame, unbounded }: Loose, by: 1 | -1): void {
    frame.loose += by
    if (unbounded) this.degree += by
  }
}

function newFrame(): Frame {
  return { loose: 0, alternates: false, first: null, separates: false }
}
