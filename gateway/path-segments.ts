/**
 * The segments of a path, raw: `/v1/x/` has `v1`, `x` and an empty one. Nothing is normalised: `//` is an empty segment
 * too, so a path that only resembles a route does not match it.
 */
export function splitPath(path: string): string[] {
  return path.slice(1).split('/')
}

/**
 * What a segment is compared by: its bytes after one percent-decoding (RFC 3986 section 6.2.2: `%73` and `s` are the
 * same), as a Latin-1 string like the raw target itself. What is no valid escape stays as it is.
 */
export function segmentKey(segment: string): string {
  if (!segment.includes('%')) return segment
  return segment.replace(/%([0-9A-Fa-f]{2})/g, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** A path as routes and public paths are compared with it. */
export interface ComparedPath {
  /** Raw segments, and what each of them is compared by. */
  readonly raw: readonly string[]
  readonly keys: readonly string[]
}

/** All of a path, `/api` included. */
export function wholePath(path: string): ComparedPath {
  const raw = splitPath(path)
  return { raw, keys: raw.map(segmentKey) }
}

/** A path without one leading `/api` (or `/%61pi`, the same), which is not part of the match; `/api` alone is `/`. */
export function withoutApi(path: ComparedPath): ComparedPath {
  if (path.keys[0] !== 'api') return path
  return path.keys.length === 1 ? { raw: [''], keys: [''] } : { raw: path.raw.slice(1), keys: path.keys.slice(1) }
}
