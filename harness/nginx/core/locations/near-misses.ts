import type { NearMissReason } from '../../../trace/reason.ts'
import type { NearMiss } from '../../../trace/trace.ts'
import type { Location } from '../site-config.ts'

/** Where a location was chosen: the URI, the level it was chosen at, and what won. */
export interface LocationChoice {
  readonly uri: string
  readonly chosen: Location
  readonly root: Location
}

/** The locations that stood close to a URI without winning it, and what kept each from it. At most eight. */
export function nearMissesOf(choice: LocationChoice): NearMiss[] {
  const misses: NearMiss[] = []
  for (const location of candidates(choice.root)) {
    if (location === choice.chosen || misses.length === 8) continue
    const because = whyNot(location, choice)
    if (because !== null) misses.push({ rule: location.rule, because })
  }
  return misses
}

function candidates(location: Location): Location[] {
  return location.children.all.flatMap((child) => [child, ...candidates(child)])
}

/** What kept a location from winning; null where it was never near. */
function whyNot(location: Location, { uri, chosen }: LocationChoice): NearMissReason | null {
  const { name, modifier } = location
  if (modifier === '@') return null
  if (location.regex !== null) {
    const match = location.regex.exec(uri)
    return match === 'gave-up' ? null : whyNotRegex(location, match !== null, uri, chosen)
  }
  if (modifier === '=') {
    const near = uri.startsWith(name) || name.startsWith(uri) || withoutSlash(uri) === withoutSlash(name)
    return near && uri !== name ? { kind: 'not-exact', name, uri } : null
  }
  if (uri.startsWith(name)) {
    if (chosen.modifier === '=') return { kind: 'exact-won', name, winner: chosen.name }
    if (chosen.regex !== null) return { kind: 'regex-won', name, winner: chosen.label ?? '' }
    return { kind: 'shorter', name, winner: chosen.name }
  }
  if (withoutSlash(name) === uri) return { kind: 'slash-missing', name, uri }
  if (uri.toLowerCase().startsWith(name.toLowerCase())) return { kind: 'case-differs', name, uri }
  return isNarrower(name, uri) ? { kind: 'narrower', name, uri } : null
}

/** Whether the first segment of both is the same: the location is for a part of what the URI asks. */
function isNarrower(name: string, uri: string): boolean {
  const [, first = ''] = name.split('/', 2)
  return first !== '' && uri.startsWith(`/${first}/`)
}

function whyNotRegex(location: Location, matches: boolean, uri: string, chosen: Location): NearMissReason | null {
  const label = location.label ?? ''
  if (!matches)
    return location.regex?.captures || chosen.regex !== null ? null : { kind: 'regex-does-not-match', label, uri }
  if (chosen.modifier === '=') return { kind: 'exact-comes-first', label, winner: chosen.name }
  if (chosen.modifier === '^~') return { kind: 'regexes-forbidden', label, winner: chosen.name }
  return { kind: 'regex-comes-later', label, winner: chosen.label ?? '' }
}

function withoutSlash(text: string): string {
  return text.length > 1 && text.endsWith('/') ? text.slice(0, -1) : text
}
