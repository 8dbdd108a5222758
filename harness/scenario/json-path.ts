const STEP = /\.([A-Za-z_$][\w$-]*)|\[(\d{1,9})\]|\['([^'\]]*)'\]|\["([^"\]]*)"\]/y

/** `$.items[0]['odd name']` as `['items', 0, 'odd name']` (the names and indexes of RFC 9535); null where it is anything else. */
export function parseJsonPath(text: string): (string | number)[] | null {
  if (!text.startsWith('$')) return null
  const path: (string | number)[] = []
  STEP.lastIndex = 1
  while (STEP.lastIndex < text.length) {
    const match = STEP.exec(text)
    if (match === null) return null
    const [, member, index, single, double] = match
    path.push(index === undefined ? (member ?? single ?? double ?? '') : Number(index))
  }
  return path
}
