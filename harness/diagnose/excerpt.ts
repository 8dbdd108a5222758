/** How much of a long text a report gets, in UTF-16 code units around the first difference. */
const EXCERPT = { before: 1_000, length: 4_000 }

/** Both texts, cut to the stretch around their first difference where they are long. */
export function excerpts(left: string, right: string): [string, string] {
  let same = 0
  while (same < left.length && left[same] === right[same]) same++
  const start = Math.max(0, same - EXCERPT.before)
  const cut = (text: string): string => {
    const end = start + EXCERPT.length
    return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? `… (${text.length} characters)` : ''}`
  }
  return [cut(left), cut(right)]
}
