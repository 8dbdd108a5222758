import type { RequestState } from '../request/request-state.ts'

/** `exact`: an exact name or a regular expression. `prefix`: the longest prefix. `redirect`: only the slash at its end is missing. */
export type LocationMatch = 'exact' | 'prefix' | 'redirect' | 'none'

/** Chooses the location for the request's URI, nested ones too, and puts it in the state (ngx_http_core_find_location). */
export function matchLocation(state: RequestState): LocationMatch {
  const root = state.location
  const found = findLocation(state)
  const { uri, location } = state
  state.pass.choices.push({ uri, chosen: location, root })
  return found
}

function findLocation(state: RequestState): LocationMatch {
  const { uri, location: parent } = state
  const { exact, redirects, prefixes, regexes } = parent.children

  const equal = exact.get(uri)
  if (equal !== undefined) {
    state.location = equal
    state.because({ kind: 'exact-location', name: equal.name }, equal.rule.span)
    return 'exact'
  }

  const slashed = redirects.get(uri)
  if (slashed !== undefined && prefixes.longestPrefixOf(uri)?.name !== uri) {
    state.location = slashed
    state.because({ kind: 'slash-redirect', name: slashed.name, uri }, slashed.rule.span)
    return 'redirect'
  }

  let result: LocationMatch = 'none'
  let forbidsRegexes = false
  const prefix = prefixes.longestPrefixOf(uri)
  if (prefix !== undefined) {
    state.location = prefix
    forbidsRegexes = prefix.modifier === '^~'
    state.because({ kind: 'longest-prefix', name: prefix.name, forbidsRegexes }, prefix.rule.span)
    result = findLocation(state)
    if (result === 'exact' || result === 'redirect') return result
  }
  if (!forbidsRegexes) {
    for (const candidate of regexes) {
      if (candidate.regex === null || !state.matches(candidate.regex, uri)) continue
      state.location = candidate
      state.because(
        { kind: 'regex-location', label: candidate.label ?? '', prefix: prefix?.name ?? null },
        candidate.rule.span,
      )
      findLocation(state)
      return 'exact'
    }
  }
  return prefix === undefined ? 'none' : 'prefix'
}
