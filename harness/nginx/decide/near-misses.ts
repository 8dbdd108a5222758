import type { NearMiss } from '../../chain/trace.ts'
import type { Location } from '../config/site-config.ts'

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
function whyNot(location: Location, { uri, chosen }: LocationChoice): string | null {
  const { name, modifier } = location
  if (modifier === '@') return null
  if (location.regex?.refused != null) return null
  if (location.regex !== null) return whyNotRegex(location, location.regex.compiled.test(uri), uri, chosen)
  if (modifier === '=') {
    const near = uri.startsWith(name) || name.startsWith(uri) || withoutSlash(uri) === withoutSlash(name)
    return near && uri !== name ? `\`= ${name}\` needs the URI to be exactly ${name}, and it is ${uri}` : null
  }
  if (uri.startsWith(name)) {
    if (chosen.modifier === '=') return `"${name}" matches, but the exact match "= ${chosen.name}" wins`
    if (chosen.regex !== null)
      return `"${name}" matches, but the regular expression "${chosen.label}" is asked after it and wins`
    return `"${name}" matches too, but it is shorter than "${chosen.name}"`
  }
  if (withoutSlash(name) === uri) return `"${name}" needs the slash at its end: ${uri} is not under it`
  if (uri.toLowerCase().startsWith(name.toLowerCase())) return `"${name}" differs from ${uri} in upper and lower case`
  return null
}

function whyNotRegex(location: Location, matches: boolean, uri: string, chosen: Location): string | null {
  if (!matches)
    return location.regex?.captures || chosen.regex !== null ? null : `"${location.label}" does not match ${uri}`
  if (chosen.modifier === '=')
    return `"${location.label}" would match, but the exact match "= ${chosen.name}" is looked up first`
  if (chosen.modifier === '^~')
    return `"${location.label}" would match, but "^~ ${chosen.name}" forbids regular expressions`
  return `"${location.label}" would match too, but "${chosen.label}" is the first in the file that does`
}

function withoutSlash(text: string): string {
  return text.length > 1 && text.endsWith('/') ? text.slice(0, -1) : text
}
