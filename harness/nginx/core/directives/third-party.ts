import type { Touches } from './rule.ts'

/** A directive of a module that is no part of nginx. */
export interface ThirdParty {
  readonly module: string
  readonly touches: Touches
}

/**
 * Directives of modules that hosts often load beside nginx's own, and the requests that they touch. nginx knows them where the
 * module is loaded, which a site does not say: Debian's packages load theirs by files in modules-enabled.
 */
const DIRECTIVES: readonly (readonly [name: RegExp, module: string, touches: Touches])[] = [
  [/^more_(?:set|clear)_headers$/, 'headers-more', 'answer'],
  [/^more_(?:set|clear)_input_headers$/, 'headers-more', 'site'],
  [/^(?:brotli|zstd)(?:_|$)/, 'brotli or zstd', 'answer'],
  [/^content_by_lua(?:_file|_block)?$/, 'lua', 'handler'],
  [/^access_by_lua(?:_file|_block)?$/, 'lua', 'access'],
  [/^(?:header|body)_filter_by_lua(?:_file|_block)?$/, 'lua', 'answer'],
  [/^(?:lua_\w+|\w+_by_lua(?:_file|_block)?)$/, 'lua', 'site'],
  [/^js_content$/, 'njs', 'handler'],
  [/^js_(?:header|body)_filter$/, 'njs', 'answer'],
  [/^js_\w+$/, 'njs', 'site'],
  [/^vhost_traffic_status_display(?:_format)?$/, 'vts', 'handler'],
  [/^vhost_traffic_status\w*$/, 'vts', 'answer'],
  [
    /^(?:geoip2\w*|modsecurity\w*|pagespeed|passenger_\w+|auth_jwt\w*|nchan_\w+|fancyindex\w*)$/,
    'a module of others',
    'site',
  ],
]

/** What is known of a directive that nginx itself has not; null where nothing is. */
export function thirdParty(name: string): ThirdParty | null {
  const [, module, touches] = DIRECTIVES.find(([pattern]) => pattern.test(name)) ?? []
  return module === undefined || touches === undefined ? null : { module, touches }
}

/** Why the model refuses such a directive, in one sentence. */
export function thirdPartyRefusal(name: string, { module }: ThirdParty): string {
  return `${name} is of ${module}, which is no part of nginx: not modelled`
}
