import { WORD } from './byte-set.ts'
import type { Place } from './pattern-node.ts'

/** Whether a text is at such a place at an offset. */
export function isAt(text: string, at: number, place: Place): boolean {
  const { length } = text
  switch (place) {
    case 'start':
      return at === 0
    case 'line-start':
      return at === 0 || (at < length && text[at - 1] === '\n')
    case 'end':
      return at === length
    case 'last-line-end':
      return at === length || (at === length - 1 && text[at] === '\n')
    case 'line-end':
      return at === length || text[at] === '\n'
    case 'word-edge':
      return isWord(text, at - 1) !== isWord(text, at)
    case 'no-word-edge':
      return isWord(text, at - 1) === isWord(text, at)
  }
}

function isWord(text: string, at: number): boolean {
  return WORD[text.charCodeAt(at)] === 1
}
